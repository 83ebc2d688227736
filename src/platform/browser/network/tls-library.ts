/** A certificate with its keys, as @php-wasm/web makes them. */
export type Certificate = {
	keyPair: CryptoKeyPair;
	certificate: Uint8Array;
	tbsDescription: { subject: DistinguishedName };
};

type DistinguishedName = { commonName: string };

type CertificateDescription = {
	subject: DistinguishedName;
	issuer?: DistinguishedName;
	basicConstraints?: { ca: boolean };
	validity?: { notBefore: Date; notAfter: Date };
};

/** The server's end of a TLS 1.2 connection: encrypted bytes on one side, plain ones on the other. */
export interface TlsConnection {
	clientEnd: {
		upstream: { writable: WritableStream<Uint8Array> };
		downstream: { readable: ReadableStream<Uint8Array> };
	};
	serverEnd: {
		upstream: { readable: ReadableStream<Uint8Array> };
		downstream: { writable: WritableStream<Uint8Array> };
	};
	TLSHandshake(key: CryptoKey, certificates: Uint8Array[]): Promise<void>;
	/** @param type of the record, as in RFC 5246 */
	writeTLSRecord(type: number, bytes: Uint8Array): Promise<void>;
	close(): Promise<void>;
}

/** What the build extracts from @php-wasm/web, as a separate file: most apps never need it. */
export type TlsLibrary = {
	generateCertificate(description: CertificateDescription, issuer?: CryptoKeyPair): Promise<Certificate>;
	certificateToPEM(certificate: Uint8Array): string;
	TLS_1_2_Connection: new () => TlsConnection;
};
