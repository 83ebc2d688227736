/** What parts.ts bundles: the parts of the library that serve() puts together, one by one. */
export { resolveOptions } from '../../../src/config/options.ts';
export { startPhpApplication } from '../../../src/php-application.ts';
export { createOptionsHost } from '../../../src/platform/node/config/options-host.ts';
export { openServer } from '../../../src/platform/node/http/http-server.ts';
export { ThreadBudget } from '../../../src/threads/thread-budget.ts';
