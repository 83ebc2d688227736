<?php
echo "<before>";
