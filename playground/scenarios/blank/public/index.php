<?php

declare(strict_types=1);

$now = date('H:i:s');
?>
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Blank project</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem } </style>
<h1>Hello from PHP <?= PHP_VERSION ?></h1>
<p>It is <?= $now ?> UTC. Edit <code>public/index.php</code>, then reload this page.</p>
</html>
