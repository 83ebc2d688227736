/** Why a program is not run; the message is for PHP's warning. */
export class RefusedError extends Error {}
