<?php
header('X-Replaced: one');
header('x-replaced: two');
header('X-Added: one');
header('X-Added: two', false);
header('X-Removed: one');
header_remove('x-removed');
header("X-Split: a\r\nX-Injected: yes");
header('X-Empty:');
echo json_encode(headers_list());
