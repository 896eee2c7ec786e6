/**
 * Thrown where something is met that is for GraphQL to answer. It is caught near and tells nothing, so one does for
 * all.
 */
export const giveUp = new Error('for GraphQL to answer')
