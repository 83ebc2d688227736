<?php
isset($_GET['set']) && set_time_limit((int) $_GET['set']);
echo ini_get('max_execution_time');
