<?php

declare(strict_types=1);

final class ReadOnlyReplica extends RuntimeException
{
}
