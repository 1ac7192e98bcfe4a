// On SIGUSR1 Node opens its inspector, which lets everybody on the machine run code in this process. A handler replaces that.
// This file is loaded before all others, even before the TypeScript loader; so it is JavaScript.
process.on('SIGUSR1', () => {})
