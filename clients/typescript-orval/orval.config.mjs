export default {
  hyperfleet: {
    input: 'openapi.json',
    output: {
      target: 'generated/client.ts',
      client: 'fetch',
      baseUrl: { runtime: 'process.env.HYPERFLEET_API' },
    },
  },
}
