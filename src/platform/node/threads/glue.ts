/** JavaScript that loads php.wasm: upstream's module, or the same as a script that the build has made of it. */
export type Glue = { readonly file: string; readonly isScript: boolean };

/** The file of `dist/` with the glue of a package as a script. @param packageId as `@php-wasm/node-8-4@3.1.54` */
export const glueName = (packageId: string): string => `glue-${packageId.replace(/^@.*\//, '')}.js`;
