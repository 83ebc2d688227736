<?php
header('Content-Type: text/event-stream');
header('Cache-Control: no-cache');
for ($i = 1; $i <= 2; $i++) {
	echo "id: $i\nevent: tick\ndata: number $i\n\n";
	ob_get_level() && ob_flush();
	flush();
	wait_at("{$_GET['gate']}-$i");
}
