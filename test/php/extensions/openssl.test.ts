import { afterAll, expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { phpCli } from '../../program/support/command-line.ts';
import { cleanUp, writeApp } from '../../program/support/igor.ts';

afterAll(cleanUp);

const SCRIPT = `<?php
	$key = openssl_pkey_new(['private_key_bits' => 2048, 'private_key_type' => OPENSSL_KEYTYPE_RSA]);
	$names = ['countryName' => 'DE', 'commonName' => 'example.org'];
	$request = openssl_csr_new($names, $key);
	$certificate = openssl_csr_sign($request, null, $key, 2);
	openssl_pkey_export($key, $pem);
	$parsed = openssl_x509_parse($certificate);
	echo json_encode([str_starts_with($pem, '-----BEGIN PRIVATE KEY-----'), $parsed['subject'], $parsed['extensions']['basicConstraints'],
		openssl_error_string()]);`;

test.each(PHP_VERSIONS)('PHP %s makes keys and certificates: there is an openssl.cnf', {
	timeout: 60_000,
}, async (php) => {
	const { out } = await phpCli(['--php', php, 'script.php'], { cwd: writeApp({ 'script.php': SCRIPT }) });
	expect(JSON.parse(out)).toEqual([true, { C: 'DE', CN: 'example.org' }, 'CA:TRUE', false]);
});
