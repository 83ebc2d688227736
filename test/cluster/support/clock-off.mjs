// Loaded before everything else: the clock of the main thread, where leases are kept, is off by CLOCK_OFF milliseconds.
const off = Number(process.env.CLOCK_OFF);
const { now } = Date;
Date.now = () => now() + off;
Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + off });
