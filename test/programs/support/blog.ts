import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Igor, writeApp } from '../../program/support/igor.ts';
import { freePort } from '../../support/free-port.ts';
import { copyWordPress } from './applications.ts';
import { png } from './png.ts';
import { textOf, Visitor } from './visitor.ts';

const ADMIN = 'admin';
const PASSWORD = 'Corr3ct h0rse battery';
/** A picture in the sizes that WordPress has made of it. */
type Picture = Record<string, { url: string; width: number; height: number }>;

/** A WordPress in a folder of its own, and the server that shows it. */
export class Blog {
	readonly folder = realpathSync(writeApp({}));
	readonly host: string;
	readonly visitor: Visitor;

	private constructor(port: number) {
		this.host = `127.0.0.1:${port}`;
		this.visitor = new Visitor(`http://${this.host}`);
		copyWordPress(this.folder);
	}

	/** Copies it; a port is kept for it, which its pages will name. */
	static async create(): Promise<Blog> {
		return new Blog(await freePort());
	}

	/** Serves it until the end of the test. */
	async serve(...options: string[]): Promise<Igor> {
		const igor = new Igor(
			['php-server', '--root', this.folder, '--listen', this.host, '--php', '8.2', ...options],
			this.folder,
		);
		await igor.ready();
		return igor;
	}

	/** The first part of the installer: where the database is. */
	async configure(database: { dbhost: string; dbname: string; uname: string; pwd: string }): Promise<void> {
		const form = await this.visitor.get('/wp-admin/setup-config.php?step=1');
		const done = await this.visitor.submit(form, { ...database, prefix: 'blog_' });
		expect(textOf(done)).toContain('You&#8217;ve made it through this part of the installation');
	}

	/** The second part, up to the dashboard. */
	async install(): Promise<void> {
		const { visitor } = this;
		const welcome = await visitor.get('/');
		expect(welcome.url).toContain('/wp-admin/install.php');
		const done = await visitor.submit(welcome, {
			...{ weblog_title: 'Igor’s blog', user_name: ADMIN, admin_password: PASSWORD, admin_password2: PASSWORD },
			...{ admin_email: 'admin@example.org', Submit: 'Install WordPress' },
		});
		expect(textOf(done)).toContain('WordPress has been installed. Thank you, and enjoy!');
		const dashboard = await visitor.submit(await visitor.get('/wp-login.php'), { log: ADMIN, pwd: PASSWORD });
		expect(textOf(dashboard)).toContain('<h1>Dashboard</h1>');
	}

	/** Uploads a picture as the media library does, and publishes a post with it as the editor does. */
	async publish(title: string): Promise<{ link: string; picture: Picture }> {
		const { visitor } = this;
		const library = textOf(await visitor.get('/wp-admin/media-new.php'));
		const [, nonce = ''] = /"_wpnonce":"(\w+)"/.exec(library) ?? [];
		const form = new FormData();
		form.set('name', 'slopes.png');
		form.set('action', 'upload-attachment');
		form.set('_wpnonce', nonce);
		form.set('async-upload', new File([new Uint8Array(png(1200, 800))], 'slopes.png', { type: 'image/png' }));
		const uploaded = JSON.parse(textOf(await visitor.post('/wp-admin/async-upload.php', form)));
		expect(uploaded).toMatchObject({ success: true, data: { width: 1200, height: 800, mime: 'image/png' } });
		const { id, sizes } = uploaded.data;

		const restNonce = textOf(await visitor.get('/wp-admin/admin-ajax.php?action=rest-nonce'));
		const published = await visitor.post(
			'/index.php?rest_route=/wp/v2/posts',
			{
				...{ title, status: 'publish', featured_media: String(id) },
				content: `<!-- wp:image --><figure><img src="${sizes.large.url}"/></figure><!-- /wp:image --><p>“First”</p>`,
			},
			{ 'X-WP-Nonce': restNonce },
		);
		expect(published.status, published.text).toBe(201);
		return { link: JSON.parse(published.text).link, picture: sizes };
	}

	/** Changes a constant of wp-config.php. */
	define(name: string, value: string): void {
		const file = join(this.folder, 'wp-config.php');
		const text = readFileSync(file, 'utf8');
		const changed = text.replace(new RegExp(`(define\\( *'${name}', *)'.*'`), `$1'${value}'`);
		expect(changed).not.toBe(text);
		writeFileSync(file, changed);
	}
}
