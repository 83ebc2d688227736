<?php
// Microseconds per round trip: one line there, one line back.
$port = $_GET['port'] ?? $_SERVER['argv'][1];
$count = $_GET['count'] ?? $_SERVER['argv'][2];
$redis = stream_socket_client("tcp://127.0.0.1:$port");
for ($i = 0; $i < 500; $i++) {
    fwrite($redis, "PING\r\n");
    fgets($redis);
}
$start = hrtime(true);
for ($i = 0; $i < $count; $i++) {
    fwrite($redis, "PING\r\n");
    fgets($redis);
}
echo (hrtime(true) - $start) / 1e3 / $count;
