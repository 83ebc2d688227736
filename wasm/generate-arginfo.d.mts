/** What functions_arginfo.h has to be, by the stubs of php-runtime/. */
export function generateArginfo(): Promise<string>;
