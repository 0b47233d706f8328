package config

// merge is what commonEnv did to a config: which fields it filled, so that an
// error about such a field can name the variable instead.
type merge struct {
	origins map[string]string // field path to the place in commonEnv
}

func mergeCommonEnv(c *Config, d *decoder) merge {
	return merge{}
}

// rename makes problems of filled fields name the variable.
func (m merge) rename(ps Problems) Problems {
	return ps
}
