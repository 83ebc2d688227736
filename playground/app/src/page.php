<?php

/** @var array<string, mixed> $state as Dashboard makes it */

$e = static fn (string|int $text): string => htmlspecialchars((string) $text);
$flags = $state['sidekicks']['feature-flags']['vars'] ?? [];

?>
<!doctype html>
<html lang="en" data-accent="<?= $e($flags['flag.accent'] ?? '') ?>" data-trail="<?= $e($flags['flag.thread-trail'] ?? 'off') ?>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Igor: sidekicks</title>
<link rel="icon" href="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><circle cx='4.5' cy='4.5' r='4' fill='%237c5cff'/></svg>">
<link rel="stylesheet" href="style.css">
<script type="module" src="app.js"></script>
</head>
<body>
<header>
	<h1 id="headline"><?= $e($flags['flag.headline'] ?? 'Igor') ?></h1>
	<p>
		Two PHP scripts run beside this page, each on a thread of its own, and publish what they see.
		Edit <code>config/flags.json</code> and watch.
	</p>
	<p id="error" role="alert"<?= $state['error'] === null ? ' hidden' : '' ?>><?= $e($state['error'] ?? '') ?></p>
</header>

<main>
	<section class="card answer">
		<h2>This answer</h2>
		<dl>
			<div><dt>thread</dt><dd data-show="thread"><?= $e($state['thread']) ?></dd></div>
			<div><dt>its request number</dt><dd data-show="answered"><?= $e($state['answered']) ?></dd></div>
			<div><dt>mode</dt><dd data-show="mode"><?= $e($state['mode']) ?></dd></div>
			<div><dt>both snapshots read in</dt><dd data-show="read_in"><?= $e($state['read_in']) ?></dd></div>
			<div><dt>server</dt><dd data-show="server"><?= $e($state['server']) ?></dd></div>
		</dl>
		<ol id="trail" aria-label="Threads that gave the last answers"></ol>
	</section>

	<section class="card">
		<h2>messages <small>a background worker, two threads</small></h2>
		<p><button type="button" id="send">Send a newsletter</button></p>
		<ol id="sent" aria-label="Newsletters"></ol>
	</section>

<?php foreach ($state['sidekicks'] as $name => $sidekick): ?>
	<section class="card" data-sidekick="<?= $e($name) ?>">
		<h2><?= $e($name) ?> <small>published <span data-age><?= $e($sidekick['age']) ?></span> ago</small></h2>
		<dl>
<?php foreach ($sidekick['vars'] as $key => $value): ?>
			<div><dt><?= $e($key) ?></dt><dd><?= $e($value) ?></dd></div>
<?php endforeach ?>
		</dl>
	</section>

<?php endforeach ?>
</main>

<footer>
	<a href="./">worker script</a> · <a href="classic.php">classic script</a> · <a href="?json">JSON</a>
</footer>
</body>
</html>
