<?php
header('Content-Type: application/octet-stream');
header('Content-Length: 5');
echo 'right';
