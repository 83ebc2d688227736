// Preloaded: this process, and its threads, have no koffi.
const modules = require('node:module');

const resolve = modules._resolveFilename;
modules._resolveFilename = (request, ...rest) => {
	if (request === 'koffi') throw Object.assign(new Error("Cannot find module 'koffi'"), { code: 'MODULE_NOT_FOUND' });
	return resolve(request, ...rest);
};
