/** What a request says by frankenphp_log() when its thread is to do wrong by itself. */
export const PLANTED = {
	leak: 'plant a leak',
	write: 'plant a write after free',
	twice: 'plant a free of what is free',
};

/** What a request says when from now on each snapshot that its thread reads is to be damaged, in another way each time. */
export const DAMAGE = 'damage the snapshots';
