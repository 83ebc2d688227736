/** Where PHP finds the authority that it trusts: one of this thread's own, see TlsEnd. */
export const CERTIFICATES_FILE = '/internal/shared/ca-certificates.crt';
