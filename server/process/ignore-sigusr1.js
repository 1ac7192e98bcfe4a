// On SIGUSR1 Node opens its inspector, which lets everybody on the machine run code in this process. A handler replaces that.
// This file comes before everything else, even what runs TypeScript; so it is JavaScript.
process.on('SIGUSR1', () => {})
