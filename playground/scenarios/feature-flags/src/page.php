<?php /** @var array<string, string|bool> $state as Shop makes it */ ?>
<!doctype html>
<html lang="en" data-accent="<?= $e($state['accent']) ?>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Feature flags</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
<script type="module" src="live.js"></script>
</head>
<body>
<main>
	<h1 data-text="headline"><?= $e($state['headline']) ?></h1>
	<p id="problem" role="alert" hidden></p>
	<p role="alert" data-shown="has_problem" data-text="problem"<?= $state['has_problem'] ? '' : ' hidden' ?>><?= $e($state['problem']) ?></p>

	<div class="cards">
		<section class="card shop">
			<h2>Storm umbrella</h2>
			<p class="big">
				<span data-text="price"><?= $e($state['price']) ?></span>
				<small><s data-text="before"><?= $e($state['before']) ?></s></small>
			</p>
			<p>Express checkout <span class="is" data-text="express" data-mood="express_mood" data-is="<?= $e($state['express_mood']) ?>"><?= $e($state['express']) ?></span></p>
		</section>

		<section class="card">
			<h2>Where the flags came from</h2>
			<dl>
				<div><dt>path taken</dt><dd><span class="is" data-text="path" data-mood="path_mood" data-is="<?= $e($state['path_mood']) ?>"><?= $e($state['path']) ?></span></dd></div>
				<div><dt>cost of one read</dt><dd data-text="cost"><?= $e($state['cost']) ?></dd></div>
				<div><dt>file read</dt><dd data-text="age"><?= $e($state['age']) ?></dd></div>
			</dl>
		</section>
	</div>

	<p class="quiet">Edit <code>config/flags.json</code>: the headline, the discount, <code>teal</code>, <code>coral</code> or <code>amber</code>.</p>
</main>
</body>
</html>
