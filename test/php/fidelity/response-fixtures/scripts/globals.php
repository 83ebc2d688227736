<?php
echo json_encode([ob_get_level(), http_response_code(), headers_sent(), ini_get('display_errors'), ini_get('memory_limit'), ini_get('max_execution_time')]);
