/** What a request says by frankenphp_log() when its thread is to do wrong by itself. */
export const PLANTED = {
	leak: 'plant a leak',
	write: 'plant a write after free',
	twice: 'plant a free of what is free',
};
