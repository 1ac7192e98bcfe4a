/** What is wrong with a provider's schema, in words that go into the one line of a failed start. */
export class SchemaFault extends Error {}
