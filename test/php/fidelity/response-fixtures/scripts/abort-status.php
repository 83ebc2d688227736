<?php
echo json_encode([connection_status(), connection_aborted()]);
