<?php
$before = headers_sent($file, $line);
echo 'text';
flush();
$after = headers_sent($file, $line);
header('X-Late: 1');
echo '|', json_encode([$before, $after, basename($file), $line, error_get_last()['message'] ?? null]);
