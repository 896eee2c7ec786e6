import type { Rule } from 'eslint'

export declare const maxOwnLines: Rule.RuleModule
