<?php /** @var array<string, string|float|bool> $state as Login makes it */ ?>
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Secret rotation</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
<script type="module" src="live.js"></script>
<script type="module" src="logins.js"></script>
</head>
<body>
<main>
	<h1>Secret rotation</h1>
	<p class="quiet">A sidekick renews the database password. Each request logs in with what it finds published.</p>
	<p id="problem" role="alert" hidden></p>
	<p role="alert" data-shown="refused" data-text="refusal"<?= $state['refused'] ? '' : ' hidden' ?>><?= $e($state['refusal']) ?></p>

	<div class="cards">
		<section class="card">
			<h2>New password, of <code data-text="user"><?= $e($state['user']) ?></code></h2>
			<progress data-value="new_left" value="<?= $e($state['new_left']) ?>" aria-label="Time left of the new password"></progress>
			<p data-text="new_says"><?= $e($state['new_says']) ?></p>
		</section>
		<section class="card">
			<h2>Old password, of <code data-text="old_user"><?= $e($state['old_user']) ?></code></h2>
			<progress data-value="old_left" value="<?= $e($state['old_left']) ?>" aria-label="Time left of the old password"></progress>
			<p data-text="old_says"><?= $e($state['old_says']) ?></p>
		</section>
		<section class="card">
			<h2>This login, as <code data-text="user"><?= $e($state['user']) ?></code></h2>
			<p><span class="is" data-text="login" data-mood="mood" data-is="<?= $e($state['mood']) ?>"><?= $e($state['login']) ?></span></p>
			<p class="quiet" data-shown="both"<?= $state['both'] ? '' : ' hidden' ?>>Both passwords are good now.</p>
		</section>
		<section class="card">
			<h2>This page’s logins</h2>
			<p><span class="big" id="accepted">0</span> accepted, <span id="refused">0</span> refused</p>
		</section>
	</div>
</main>
</body>
</html>
