/** No network of its own, no GPU: what a test needs of Chromium, with or without a driver. */
export const CHROMIUM_FLAGS: readonly string[] = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--no-default-browser-check',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	// Containers often have a tiny /dev/shm.
	'--disable-dev-shm-usage',
];
