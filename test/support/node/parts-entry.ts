/** What parts.ts bundles: the parts of the library that serve() puts together, one by one. */
export { resolveOptions } from '../../../src/config/resolve-options.ts';
export { createOptionsHost } from '../../../src/platform/node/config/node-options-host.ts';
export { startNodeScope } from '../../../src/platform/node/server/node-scope.ts';
export { openServer } from '../../../src/platform/node/server/open-server.ts';
export { ThreadBudget } from '../../../src/threads/thread-budget.ts';
