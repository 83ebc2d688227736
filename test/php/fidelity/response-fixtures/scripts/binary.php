<?php
header('Content-Type: application/octet-stream');
for ($i = 0; $i < 300; $i++) {
	echo implode('', array_map('chr', range(0, 255)));
}
