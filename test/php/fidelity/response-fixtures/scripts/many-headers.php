<?php
for ($i = 0; $i < 200; $i++) {
	header("X-Number-$i: " . str_repeat(chr(97 + $i % 26), 40));
}
header('X-Large: ' . str_repeat('v', 8000));
header("X-Latin: caf\xe9");
header('X-Utf8: café');
header_remove('X-Powered-By');
echo 'ok';
