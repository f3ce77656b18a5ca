/// One example of each aggregate, over four rows `t(x, y, s, b)`: (1, 2.0, 'a', true), (2, 3.0, 'b', false),
/// (2, 5.0, 'a', true), (NULL, 1.0, NULL, NULL).
package enum AggregateExamples {
    package static let rows =
        "(VALUES (1, 2.0, 'a', true), (2, 3.0, 'b', false), (2, 5.0, 'a', true), (NULL, 1.0, NULL, NULL)) t(x, y, s, b)"

    /// What is written, and the value as text.
    package static let all: [(sql: String, value: String)] = [
        ("count(*)", "4"), ("count(x)", "3"), ("count(DISTINCT x)", "2"), ("count_if(b)", "2"), ("countif(b)", "2"),
        ("approx_count_distinct(s)", "2"), ("uniq(s)", "2"), ("sum(x)", "5"), ("sum(y)", "11.0"),
        ("sum(x * INTERVAL '1 hour')", "05:00:00"), ("avg(y)", "2.75"), ("mean(y)", "2.75"), ("min(s)", "a"),
        ("max(y)", "5.0"), ("product(y)", "30.0"), ("arg_min(s, y)", "a"), ("arg_max(y, x)", "3.0"),
        ("min_by(s, y)", "a"), ("max_by(s, y)", "a"), ("argmin(s, y)", "a"), ("argmax(y, x)", "3.0"),
        ("any_value(s) IS NOT NULL", "true"),
        ("first(y ORDER BY y)", "1.0"), ("last(y ORDER BY y)", "5.0"), ("mode(x)", "2"),
        ("string_agg(s, '-' ORDER BY y)", "a-b-a"), ("group_concat(s ORDER BY y)", "a,b,a"),
        ("array_agg(x ORDER BY y)", "[null,1,2,2]"),
        ("list(x ORDER BY y DESC)", "[2,2,1,null]"), ("arbitrary(b) IS NOT NULL", "true"),
        ("listagg(s, ',' ORDER BY y)", "a,b,a"), ("histogram(s)", "{\"a\":2,\"b\":1}"), ("top_k(s, 1)", "[\"a\"]"),
        ("approx_top_k(x, 5)", "[2,1]"), ("median(y)", "2.5"), ("quantile_cont(y, 0.25)", "1.75"),
        ("quantile(y, 1)", "5.0"), ("quantile_disc(x, 0.5)", "2"), ("approx_quantile(y, 0.5)", "2.5"),
        ("percentile_cont(0.5) WITHIN GROUP (ORDER BY y)", "2.5"),
        ("percentile_disc(0.25) WITHIN GROUP (ORDER BY s)", "a"), ("stddev(x) > 0.57", "true"),
        ("stddev_samp(y) > 1.7", "true"), ("stddev_pop(y) > 1.47", "true"), ("variance(y) > 2.91", "true"),
        ("var_samp(y) > 2.91", "true"), ("var_pop(y) > 2.18", "true"), ("corr(y, x) > 0.75", "true"),
        ("covar_pop(y, x) > 0.44", "true"), ("covar_samp(y, x) > 0.66", "true"), ("regr_count(y, x)", "3"),
        ("regr_slope(y, x) > 1.99", "true"), ("regr_intercept(y, x) < 0.01", "true"), ("regr_r2(y, x) > 0.57", "true"),
        ("regr_avgx(y, x) > 1.66", "true"), ("regr_avgy(y, x) > 3.33", "true"), ("regr_sxx(y, x) > 0.66", "true"),
        ("regr_syy(y, x) > 4.66", "true"), ("regr_sxy(y, x) > 1.33", "true"), ("bool_and(b)", "false"),
        ("every(x > 0)", "true"), ("bool_or(b)", "true"), ("bit_and(x)", "0"), ("bit_or(x)", "3"), ("bit_xor(x)", "1"),
        ("bitmap_cardinality(bitmap_build(x))", "2"),
        ("bitmap_cardinality(bitmap_union((SELECT bitmap_build(n) FROM (VALUES (1), (7)) u(n))))", "2"),
    ]
}
