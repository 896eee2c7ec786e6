import graphql from '@graphql-eslint/eslint-plugin'
import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import typescript from 'typescript-eslint'
import { maxOwnLines } from './scripts/lint/maxOwnLines.mjs'

export default defineConfig(
  {
    ignores: ['dist', 'node_modules', '.tap', 'src/schema/types.ts', 'src/graphql/graphiql/page']
  },
  {
    files: ['*.js', 'scripts/**/*.mjs', 'examples/**/*.mjs'],
    extends: [js.configs.recommended],
    // The names that Node adds are not listed anywhere for these few files.
    rules: { 'no-undef': 'off' }
  },
  {
    files: ['{src,test,scripts,bench}/**/*.ts'],
    extends: [js.configs.recommended, typescript.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname }
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      // tap waits for the tests it is given, so nobody has to await them.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafePromises: [{ from: 'package', package: '@tapjs/core', name: 'PromiseWithSubtest' }] }
      ],
      // Numbers in a text have one obvious form.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => close()` is the usual way to write a handler.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A handler may have to be async for its caller, with nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // What comes off the wire is checked again on purpose, whatever its type promises.
      '@typescript-eslint/no-unnecessary-condition': 'off'
    }
  },
  {
    files: ['src/**/*.ts', 'bench/**/*.ts'],
    plugins: { house: { rules: { 'max-own-lines': maxOwnLines } } },
    rules: {
      'house/max-own-lines': ['error', 60],
      'max-depth': ['error', 3],
      'max-nested-callbacks': ['error', 3]
    }
  },
  {
    // A table of cases is one level more: a loop over its rows.
    files: ['test/**/*.ts'],
    rules: { 'max-depth': ['error', 4], 'max-nested-callbacks': ['error', 4] }
  },
  {
    files: ['src/schema/*.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: `${import.meta.dirname}/src/schema/*.graphql` } }
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          rootField: true,
          DirectiveDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true
        }
      ]
    }
  }
)
