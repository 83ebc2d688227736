<?php

declare(strict_types=1);

/** Nobody answers there. */
final class RedisUnreachable extends RuntimeException
{
}
