/** Where OpenSSL of php.wasm looks for its configuration, unless OPENSSL_CONF says otherwise. */
export const OPENSSL_CONFIG_FILE = '/root/install/ssl/openssl.cnf';

/** Without this file openssl_pkey_new() and openssl_csr_new() fail. As systems ship it, but without names to fill in. */
export const OPENSSL_CONFIG = `[ req ]
default_bits = 2048
default_md = sha256
distinguished_name = req_distinguished_name
x509_extensions = v3_ca
string_mask = utf8only

[ req_distinguished_name ]

[ v3_ca ]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always,issuer
basicConstraints = critical,CA:true

[ v3_req ]
basicConstraints = CA:FALSE
keyUsage = nonRepudiation, digitalSignature, keyEncipherment
`;
