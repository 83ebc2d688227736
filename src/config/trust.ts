/** Where PHP finds the certificates of the authorities that it trusts. */
export const CERTIFICATES_FILE = '/internal/shared/ca-certificates.crt';

/** The php.ini directives that say so; the configuration may override them. */
export const TRUST = { 'openssl.cafile': CERTIFICATES_FILE, 'curl.cainfo': CERTIFICATES_FILE };
