"""What `bench uploads` and its tests share: a bad link, a patient client, damaged files, a check that forks."""
