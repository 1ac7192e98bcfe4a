/** A Fastify that does nothing, in a process of its own: as fast as HTTP can be on this Node. Says where it is. */
import Fastify from 'fastify'

const app = Fastify()
app.get('/empty/route', () => '{}')
console.log(`${await app.listen({ port: 0 })}/empty`)
