import type { Directive } from '../../caddyfile/parser.ts';
import type { TlsConfig } from '../../directives/tls.ts';
import { compact, type JsonData, mapUnlessEmpty, unlessEmpty } from './json-forms.ts';
import { lineOf } from './json-lines.ts';
import type { JsonNode } from './json-node.ts';

/** A site's certificate, as it is collected while servers are written. */
export class TlsToJson {
	readonly #internal: string[] = [];
	readonly #files: { certificate: string; key: string; tags: string[] }[] = [];
	readonly #automate: string[] = [];
	#isInternalForAll = false;

	/**
	 * The connection policy that the site needs on its server, if it needs one.
	 *
	 * @param hosts an empty list = every host
	 */
	policy(tls: TlsConfig | undefined, hosts: readonly string[]): JsonData | undefined {
		if (tls?.source === 'internal') {
			if (hosts.length === 0) this.#isInternalForAll = true;
			for (const host of hosts) if (!this.#internal.includes(host)) this.#internal.push(host);
		}
		if (tls?.source !== 'files') return undefined;
		const { certificate, key } = tls;
		const known = this.#files.find((file) => file.certificate === certificate && file.key === key);
		const file = known ?? { certificate, key, tags: [`cert${this.#files.length}`] };
		if (!known) this.#files.push(file);
		const match = hosts.length > 0 ? { sni: hosts } : undefined;
		return compact({ match, certificate_selection: { any_tag: file.tags } });
	}

	/** Names of a site that is for every host, too. */
	automate(hosts: readonly string[]): void {
		this.#automate.push(...hosts);
	}

	app(): JsonData | undefined {
		const issuers = [{ module: 'internal' }];
		const policies = [
			...(this.#internal.length > 0 ? [{ subjects: this.#internal, issuers }] : []),
			...(this.#isInternalForAll ? [{ issuers }] : []),
		];
		const certificates = compact({ load_files: unlessEmpty(this.#files), automate: unlessEmpty(this.#automate) });
		return mapUnlessEmpty(
			compact({
				certificates: mapUnlessEmpty(certificates),
				automation: policies.length > 0 ? { policies } : undefined,
			}),
		);
	}
}

interface CertificateFiles {
	readonly tags: readonly string[];
	readonly certificate: JsonNode;
	readonly key: JsonNode;
}

/** Caddy's app `tls`, for the sites that ask it. */
export class TlsFromJson {
	/** Names that are on no route, but on a site for every host. */
	readonly automated: readonly JsonNode[] = [];
	readonly #files: CertificateFiles[] = [];
	/** Whose certificates the internal authority makes. An empty text = everybody's. */
	readonly #internal = new Map<string, JsonNode>();

	/** @throws CaddyfileError */
	constructor(node: JsonNode | undefined) {
		const app = node?.object();
		if (app === undefined) return;
		const certificates = app.get('certificates')?.object();
		this.automated = certificates?.get('automate')?.list() ?? [];
		for (const each of certificates?.get('load_files')?.list() ?? []) this.#files.push(readFiles(each));
		certificates?.end(['load_folders', 'load_pem', 'load_storage']);
		const automation = app.get('automation')?.object();
		for (const each of automation?.get('policies')?.list() ?? []) this.#readPolicy(each);
		automation?.end(['on_demand', 'ocsp_interval', 'renew_interval', 'storage_clean_interval']);
		app.end(['session_tickets', 'cache', 'disable_ocsp_stapling', 'encrypted_client_hello', 'dns', 'resolvers']);
	}

	/**
	 * The `tls` of a site.
	 *
	 * @param policies of its server
	 * @param hosts an empty list = every host
	 * @throws CaddyfileError
	 */
	lineFor(policies: readonly ConnectionPolicy[], hosts: readonly string[], isSecure: boolean): Directive | undefined {
		const covers = ({ hosts: sni }: ConnectionPolicy): boolean =>
			sni === undefined || (hosts.length > 0 && hosts.every((host) => sni.includes(host)));
		const policy = policies.find((each) => each.tag !== undefined && covers(each));
		if (policy?.tag !== undefined) {
			const tag = policy.tag.text();
			const files = this.#files.find(({ tags }) => tags.includes(tag));
			if (files === undefined) throw policy.tag.error('bad_value', `no certificate has the tag '${tag}'`);
			return lineOf(policy.tag.position, 'tls', [files.certificate, files.key]);
		}
		if (!isSecure) return undefined;
		const internal = hosts.length > 0 ? hosts.map((host) => this.#internal.get(host)) : [this.#internal.get('')];
		if (internal[0] && internal.every((each) => each !== undefined))
			return lineOf(internal[0].position, 'tls', ['internal']);
		return this.#untagged();
	}

	#untagged(): Directive | undefined {
		const [files, other] = this.#files.filter(({ tags }) => tags.length === 0);
		if (files === undefined) return undefined;
		if (other === undefined) return lineOf(files.certificate.position, 'tls', [files.certificate, files.key]);
		throw other.certificate.error('unsupported', 'Igor does not choose among certificates', {
			hint: "give each a tag, and name it in the 'tls_connection_policies' of a server",
		});
	}

	#readPolicy(node: JsonNode): void {
		const policy = node.object();
		const subjects = policy.get('subjects')?.list();
		for (const each of policy.get('issuers')?.list() ?? []) {
			const issuer = each.object();
			const module = issuer.need('module');
			if (module.value !== 'internal') {
				throw module.error('unsupported', 'Igor gets no certificates from the outside', { expected: "'internal'" });
			}
			issuer.end(['ca', 'lifetime', 'sign_with_root']);
			for (const subject of subjects ?? []) this.#internal.set(subject.text(), subject);
			if (subjects === undefined) this.#internal.set('', node);
		}
		policy.end(UNSUPPORTED_AUTOMATION);
	}
}

const UNSUPPORTED_AUTOMATION = [
	...['get_certificate', 'must_staple', 'renewal_window_ratio', 'key_type', 'storage', 'on_demand'],
	...['disable_ocsp_stapling', 'ocsp_overrides', 'reuse_private_keys'],
];

function readFiles(node: JsonNode): CertificateFiles {
	const files = node.object();
	const tags = files.get('tags')?.list() ?? [];
	const found = {
		tags: tags.map((tag) => tag.text()),
		certificate: files.need('certificate'),
		key: files.need('key'),
	};
	files.end(['format']);
	return found;
}

/** One of a server's. */
export interface ConnectionPolicy {
	/** `undefined` = every host. */
	readonly hosts: readonly string[] | undefined;
	/** Of the certificate. */
	readonly tag: JsonNode | undefined;
}

/** `tls_connection_policies`; `undefined` = the server has none. @throws CaddyfileError */
export function readConnectionPolicies(node: JsonNode | undefined): ConnectionPolicy[] | undefined {
	const list = node?.list() ?? [];
	if (list.length === 0) return undefined;
	return list.map((each) => {
		const policy = each.object();
		const match = policy.get('match')?.object();
		const hosts = match
			?.get('sni')
			?.list()
			.map((host) => host.text());
		match?.end(['remote_ip', 'local_ip', 'sni_regexp']);
		const selection = policy.get('certificate_selection')?.object();
		const tag = selection?.get('any_tag')?.list()[0];
		selection?.end(['serial_number', 'subject_organization', 'public_key_algorithm', 'all_tags']);
		policy.end(UNSUPPORTED_POLICY);
		return { hosts, tag };
	});
}

const UNSUPPORTED_POLICY = [
	...['cipher_suites', 'curves', 'alpn', 'protocol_min', 'protocol_max', 'drop', 'client_authentication'],
	...['default_sni', 'fallback_sni', 'insecure_secrets_log'],
];
