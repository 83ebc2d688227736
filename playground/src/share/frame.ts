import { writeLink } from './link.ts';

const SCENARIO = 'blank';

/** A link to the blank project with these files, as the playground shows it by itself. `base`: its folder. */
export async function projectLink(base: URL, files: Readonly<Record<string, string>>): Promise<URL> {
	const fragment = await writeLink({ scenario: SCENARIO, difference: { changed: files, removed: [] } });
	return new URL(`./#${fragment}`, base);
}

/** A frame with the same project, which opens one of its files. The page around it has to share memory. */
export async function projectFrame(
	base: URL,
	files: Readonly<Record<string, string>>,
	opened: string,
): Promise<HTMLIFrameElement> {
	const url = await projectLink(base, files);
	url.searchParams.set('embed', opened);
	const frame = document.createElement('iframe');
	frame.src = url.href;
	frame.title = `The playground with ${opened}`;
	frame.allow = 'cross-origin-isolated; clipboard-write';
	frame.style.cssText = 'width: 100%; height: 420px; border: 1px solid #8884; border-radius: 8px';
	return frame;
}
