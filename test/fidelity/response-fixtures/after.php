<?php
echo "<after>";
