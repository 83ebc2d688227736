import { source } from 'igor:build';
import { Dialog } from './dialog.tsx';

/** Where they were invented. */
const PROPOSAL = 'https://github.com/php/frankenphp/pull/2287';

/** What a sidekick is: three sentences, a picture, and where to read on. */
export function SidekickDialog({ onClose }: { onClose: () => void }) {
	return (
		<Dialog title="What is a sidekick?" kind="about" onClose={onClose}>
			<Picture />
			<p>
				A sidekick is a PHP script that runs beside your requests, on a thread of its own, for as long as the app does.
				It keeps watch over something that is slow to ask for (feature flags, a Redis master, a password that is
				renewed) and publishes what it knows with <code>frankenphp_sidekick_set_vars()</code>. Every request reads the
				newest snapshot with <code>frankenphp_sidekick_get_vars()</code>, in microseconds and without a connection; the
				first one that does starts the sidekick and waits for it.
			</p>
			<ul class="links">
				<li>
					<a href={PROPOSAL} target="_blank" rel="noopener">
						The proposal for FrankenPHP
					</a>
				</li>
				{source !== '' && (
					<>
						<li>
							<a href={`${source}/tree/HEAD/docs`} target="_blank" rel="noopener">
								Documentation
							</a>
						</li>
						<li>
							<a href={source} target="_blank" rel="noopener">
								Source
							</a>
						</li>
					</>
				)}
			</ul>
		</Dialog>
	);
}

/** The sidekick asks a service and publishes; requests read. */
function Picture() {
	return (
		<svg
			class="about-picture"
			viewBox="0 0 520 150"
			role="img"
			aria-label="A sidekick asks a service again and again and publishes snapshots in shared memory, which all requests read."
		>
			<g class="box">
				<rect x="4" y="50" width="104" height="50" rx="8" />
				<rect x="150" y="42" width="112" height="66" rx="10" class="sidekick-box" />
				<rect x="312" y="50" width="84" height="50" rx="8" />
				<rect x="440" y="8" width="76" height="34" rx="6" />
				<rect x="440" y="58" width="76" height="34" rx="6" />
				<rect x="440" y="108" width="76" height="34" rx="6" />
			</g>
			<g class="arrow">
				<path d="M146 75H114M119 70l-6 5 6 5" />
				<path d="M264 75h42M301 70l6 5-6 5" />
				<path d="M438 25C416 25 424 68 400 70M406 64l-7 6 8 4" />
				<path d="M438 75H400M405 70l-6 5 6 5" />
				<path d="M438 125C416 125 424 82 400 80M407 76l-8 4 7 6" />
			</g>
			<g class="label">
				<text x="56" y="72">
					Redis, a file,
				</text>
				<text x="56" y="88">
					a service …
				</text>
				<text x="206" y="72" class="strong">
					sidekick
				</text>
				<text x="206" y="90">
					its own thread
				</text>
				<text x="354" y="72">
					snapshot
				</text>
				<text x="354" y="88">
					in memory
				</text>
				<text x="478" y="29">
					request
				</text>
				<text x="478" y="79">
					request
				</text>
				<text x="478" y="129">
					request
				</text>
				<text x="130" y="66">
					asks
				</text>
				<text x="286" y="66">
					sets
				</text>
				<text x="419" y="14">
					gets
				</text>
			</g>
		</svg>
	);
}
