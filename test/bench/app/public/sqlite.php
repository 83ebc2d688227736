<?php
// Microseconds per INSERT, each a transaction of its own, and per SELECT of one row.
$name = $_GET['name'] ?? $_SERVER['argv'][1];
$count = (int) ($_GET['count'] ?? $_SERVER['argv'][2]);
$folder = dirname(__DIR__) . '/data';
if (!is_dir($folder)) {
    mkdir($folder);
}
$file = "$folder/$name.db";
foreach (['', '-wal', '-shm'] as $end) {
    if (file_exists($file . $end)) {
        unlink($file . $end);
    }
}
$db = new PDO("sqlite:$file");
$db->query('PRAGMA journal_mode=WAL')->fetchAll();
$db->exec('PRAGMA synchronous=NORMAL');
$db->exec('CREATE TABLE t (n INTEGER, text TEXT)');
$insert = $db->prepare("INSERT INTO t VALUES (?, 'abcdefghijklmnopqrstuvwxyz0123456789')");
$select = $db->prepare('SELECT text FROM t WHERE rowid = ?');

function measure(int $count, callable $do): float
{
    $start = hrtime(true);
    for ($i = 1; $i <= $count; $i++) {
        $do($i);
    }
    return (hrtime(true) - $start) / 1e3 / $count;
}

$inserts = measure($count, fn ($i) => $insert->execute([$i]));
$selects = measure($count, function ($i) use ($select) {
    $select->execute([$i]);
    $select->fetchColumn();
    $select->closeCursor();
});
echo $inserts, ' ', $selects;
