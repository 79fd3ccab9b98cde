#!/usr/bin/env python3
"""Reference values of the estimators of `calibrate`, from packages that are independent of the program.

    python3 -m venv venv && venv/bin/pip install lifelines==0.30.3 scipy==1.17.1 statsmodels==0.15.0 mpmath==1.4.1
    venv/bin/python tests/calibrate/references.py > tests/calibrate/references.json

`cargo test` reads references.json and needs no Python. Where a package stops at a looser tolerance than 1e-9, its optimum is the
start of Newton steps with 40 digits (mpmath) on the same likelihood, and the two are asserted to agree to the package's tolerance.
"""

import importlib.metadata
import json
import warnings

import lifelines
import mpmath as mp
import numpy as np
import scipy
import statsmodels.api as sm
from lifelines.utils import median_survival_times, restricted_mean_survival_time
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

warnings.filterwarnings("ignore")
mp.mp.dps = 40


def tallies(values, ended):
    out = []
    for v in np.unique(values):
        here = values == v
        out.append([float(v), int((here & ended).sum()), int((here & ~ended).sum())])
    return out


def columns(tallied):
    values, exact, censored = (np.array(c) for c in zip(*tallied))
    durations = np.concatenate([np.repeat(values, exact), np.repeat(values, censored)])
    ended = np.concatenate([np.ones(exact.sum(), bool), np.zeros(censored.sum(), bool)])
    return durations, ended


def survival(tallied):
    durations, ended = columns(tallied)
    out = {"tallied": tallied, "levels": []}
    km = lifelines.KaplanMeierFitter().fit(durations, ended)
    times = [t for t, d, _ in tallied if d > 0]
    out["times"] = times
    out["survival"] = [float(s) for s in km.survival_function_at_times(times)]
    sf = SurvfuncRight(durations, ended.astype(int))
    assert np.allclose(sf.surv_times, times) and np.allclose(sf.surv_prob, out["survival"], rtol=1e-12)
    out["standard_error"] = [float(s) if np.isfinite(s) else None for s in sf.surv_prob_se]
    for level in [0.9, 0.95]:
        km = lifelines.KaplanMeierFitter(alpha=1 - level).fit(durations, ended)
        ci = km.confidence_interval_.loc[times]
        finite = np.array(out["survival"]) > 0
        low, high = (list(map(float, ci.iloc[finite, i])) for i in (0, 1))
        medians = median_survival_times(km.confidence_interval_).iloc[0]
        out["levels"].append({"level": level, "low": low, "high": high,
                              "median": [float(m) if np.isfinite(m) else None for m in medians]})
    out["median"] = float(km.median_survival_time_)
    out["quartile"] = float(km.percentile(0.75))
    until = float(times[len(times) // 2]) + 0.25
    area = restricted_mean_survival_time(km, t=until)
    # Klein and Moeschberger (1997), eq. 4.5.2: written anew with arrays
    grid = np.array(times + [until])
    within = np.array(times) < until
    s = np.array(out["survival"])
    risk = np.array([(durations >= t).sum() for t in times])
    ends = np.array([((durations == t) & ended).sum() for t in times])
    areas = [sum(s[k] * (min(grid[k + 1], until) - times[k]) for k in range(i, len(times)) if times[k] < until)
             for i in range(len(times))]
    with np.errstate(divide="ignore"):
        terms = np.array(areas) ** 2 * ends / (risk * (risk - ends))
    out["restricted"] = {"until": until, "mean": float(area), "standard_error": float(np.sqrt(terms[within].sum()))}
    return out


LN2PI = mp.log(2 * mp.pi)


def logs(family, theta):
    """Log-density, log-survival, mean and cv at natural parameters."""
    if family == "exponential":
        (m,) = theta
        return lambda x: -mp.log(m) - x / m, lambda x: -x / m, m, mp.mpf(1)
    if family == "weibull":
        b, k = theta
        g1, g2 = mp.gamma(1 + 1 / k), mp.gamma(1 + 2 / k)
        return (lambda x: mp.log(k / b) + (k - 1) * mp.log(x / b) - (x / b) ** k, lambda x: -((x / b) ** k),
                b * g1, mp.sqrt(g2 / g1**2 - 1))
    if family == "lognormal":
        m, s = theta
        z = lambda x: (mp.log(x) - m) / s
        return (lambda x: -z(x) ** 2 / 2 - LN2PI / 2 - mp.log(s * x), lambda x: mp.log(mp.erfc(z(x) / mp.sqrt(2)) / 2),
                mp.exp(m + s * s / 2), mp.sqrt(mp.expm1(s * s)))
    if family == "gamma":
        a, b = theta
        return (lambda x: (a - 1) * mp.log(x / b) - x / b - mp.loggamma(a) - mp.log(b),
                lambda x: mp.log(mp.gammainc(a, x / b, regularized=True)) if x > 0 else mp.mpf(0), a * b, 1 / mp.sqrt(a))
    p, m, n = theta
    mean = p * m + (1 - p) * n
    return (lambda x: mp.log(p / m * mp.exp(-x / m) + (1 - p) / n * mp.exp(-x / n)),
            lambda x: mp.log(p * mp.exp(-x / m) + (1 - p) * mp.exp(-x / n)), mean,
            mp.sqrt(2 * (p * m * m + (1 - p) * n * n) / mean**2 - 1))


def polish(family, start, tallied):
    """Newton steps from a package's optimum; standard errors from the observed information."""
    data = [(mp.mpf(v), d, c) for v, d, c in tallied]

    def loglik(*theta):
        dens, surv, _, _ = logs(family, theta)
        return mp.fsum(d * dens(v) if d else 0 for v, d, _ in data) + mp.fsum(c * surv(v) if c else 0 for v, _, c in data)

    theta = [mp.mpf(float(t)) for t in start]
    n = len(theta)
    order = lambda *ij: tuple(sum(1 for i in ij if i == k) for k in range(n))
    for _ in range(12):
        grad = mp.matrix([mp.diff(loglik, tuple(theta), order(i)) for i in range(n)])
        hess = mp.matrix(n, n)
        for i in range(n):
            for j in range(i, n):
                hess[i, j] = hess[j, i] = mp.diff(loglik, tuple(theta), order(i, j))
        step = mp.lu_solve(-hess, grad)
        theta = [t + s for t, s in zip(theta, step)]
        if max(abs(s / t) for s, t in zip(step, theta)) < mp.mpf(10) ** -16:
            break
    else:
        raise AssertionError((family, theta, step))
    for got, want in zip(theta, start):
        assert abs(got / want - 1) < 1e-3, (family, theta, start)
    cov = mp.inverse(-hess)
    moment = lambda i: lambda *t: logs(family, t)[2 + i]
    out = {"estimate": [float(t) for t in theta], "standard_error": [float(mp.sqrt(cov[i, i])) for i in range(n)],
           "log_likelihood": float(loglik(*theta))}
    for i, name in enumerate(["mean", "cv"]):
        by = mp.matrix([mp.diff(moment(i), tuple(theta), order(k)) for k in range(n)])
        out[name] = [float(moment(i)(*theta)), float(mp.sqrt((by.T * cov * by)[0]))]
    return out


def optimum(family, tallied):
    """The optimum of lifelines or scipy; of the mixture, of scipy.optimize on its likelihood."""
    durations, ended = columns(tallied)
    if family == "hyperexponential":
        data = np.array(tallied)
        v, d, c = data.T

        def loss(t):
            p, m, n = 1 / (1 + np.exp(-t[0])), np.exp(t[1]), np.exp(t[2])
            f, s = p / m * np.exp(-v / m) + (1 - p) / n * np.exp(-v / n), p * np.exp(-v / m) + (1 - p) * np.exp(-v / n)
            return -(d * np.log(f) + c * np.log(s)).sum()

        m = (v * (d + c)).sum() / d.sum()
        found = scipy.optimize.minimize(loss, [0.0, np.log(0.3 * m), np.log(2 * m)], method="Nelder-Mead",
                                        options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 40000, "maxfev": 40000})
        return [1 / (1 + np.exp(-found.x[0])), np.exp(found.x[1]), np.exp(found.x[2])]
    if family == "exponential":
        return [lifelines.ExponentialFitter().fit(durations, ended).lambda_]
    if family == "weibull":
        f = lifelines.WeibullFitter().fit(durations, ended)
        return [f.lambda_, f.rho_]
    if family == "lognormal":
        f = lifelines.LogNormalFitter().fit(durations, ended)
        return [f.mu_, f.sigma_]
    data = stats.CensoredData(uncensored=durations[ended], right=durations[~ended])
    a, _, b = stats.gamma.fit(data, floc=0)
    return [a, b]


def distances(family, theta, tallied):
    """Against the empirical law, of uncensored durations."""
    durations, _ = columns(tallied)
    law = {"exponential": lambda m: stats.expon(scale=m), "weibull": lambda b, k: stats.weibull_min(k, scale=b),
           "lognormal": lambda m, s: stats.lognorm(s, scale=np.exp(m)), "gamma": lambda a, b: stats.gamma(a, scale=b)}
    law = law[family](*theta)
    ks = stats.kstest(durations, law.cdf, method="asymp")
    x = np.sort(durations)
    i = np.arange(1, len(x) + 1)
    ad = -len(x) - ((2 * i - 1) * (law.logcdf(x) + law.logsf(x[::-1]))).mean()
    return {"ks": float(ks.statistic), "p_value": float(ks.pvalue), "anderson_darling": float(ad),
            "quantiles": [float(law.ppf(p)) for p in (0.5, 0.9, 0.99)]}


def fits(tallied, families):
    out = {"tallied": tallied, "fits": {}}
    for family in families:
        record = polish(family, optimum(family, tallied), tallied)
        if all(c == 0 for _, _, c in tallied) and family != "hyperexponential":
            record |= distances(family, record["estimate"], tallied)
        out["fits"][family] = record
    return out


def wandering(rng):
    """A regression with correlated, wandering errors: the whole covariance matrix at once."""
    at = np.array([0, 1, 2, 3, 4, 7, 8, 10, 11, 14, 15, 16, 18, 21, 22, 23, 25, 28, 29, 35])
    noise = rng.uniform(0.0005, 0.003, len(at))
    x = np.column_stack([at % 7 < 3, at % 7 >= 3, at / 10.0]).astype(float)
    y = x @ [3.0, 2.5, 0.05] + rng.normal(0, 0.1, len(at))
    out = {"at": at.tolist(), "noise": noise.tolist(), "x": x.tolist(), "y": y.tolist(), "cases": []}
    for sd, r, walk in [(0.1, 0.6, 0.0), (0.08, -0.3, 0.03), (0.05, 0.9, 0.02), (0.2, 0.0, 0.0)]:
        def cov(s, t):
            return sd**2 * r ** np.abs(s[:, None] - t[None, :]) + walk**2 * np.minimum(s[:, None], t[None, :])

        v = cov(at, at) + np.diag(noise)
        gls = sm.GLS(y, x, sigma=v).fit()
        residual = y - x @ gls.params
        inverse = np.linalg.inv(v)
        log_likelihood = -0.5 * (np.linalg.slogdet(v)[1] + np.linalg.slogdet(x.T @ inverse @ x)[1] + residual @ inverse @ residual)
        # The best linear unbiased prediction at another time (Goldberger 1962).
        to = np.array([38])
        xf = np.array([1.0, 0.0, 3.8])
        c = cov(to, at)[0] @ inverse
        beyond = xf - c @ x
        variance = cov(to, to)[0, 0] - c @ cov(to, at)[0] + beyond @ gls.normalized_cov_params @ beyond
        out["cases"].append({"errors": [sd, r, walk], "coefficients": gls.params.tolist(),
                             "covariance": gls.normalized_cov_params.tolist(), "log_likelihood": log_likelihood,
                             "prediction": [float(xf @ gls.params + c @ residual), float(variance)]})
    return out


def between():
    """Spread of groups: Paule and Mandel as statsmodels has it (polished), the Q-profile of Viechtbauer written anew."""
    from statsmodels.stats.meta_analysis import combine_effects

    rng = np.random.default_rng(11)
    out = []
    for k, sd in [(12, 0.2), (40, 0.15), (6, 0.0)]:
        error = rng.uniform(0.03, 0.12, k)
        y = rng.normal(0, sd, k) + rng.normal(0, error)
        v = error**2

        def q(t):
            w = 1 / (v + t)
            return (w * (y - (w * y).sum() / w.sum()) ** 2).sum()

        def root(target):
            return scipy.optimize.brentq(lambda t: q(t) - target, 0, 100, xtol=1e-300, rtol=1e-15) if q(0) > target else 0.0

        found = combine_effects(y, v, method_re="iterated", use_t=False)
        t = root(k - 1)
        assert abs(found.tau2 - t) < 1e-4, (found.tau2, t)
        mean = sm.WLS(y, np.ones(k), weights=1 / (v + t)).fit(cov_type="fixed scale")
        out.append({"groups": np.column_stack([y, error]).tolist(), "mean": [float(mean.params[0]), float(mean.bse[0])],
                    "sd": [float(np.sqrt(x)) for x in (t, root(stats.chi2.ppf(0.975, k - 1)), root(stats.chi2.ppf(0.025, k - 1)))],
                    "p_value": float(stats.chi2.sf(found.q, k - 1))})
    return out


def alike():
    """Ratios of sums by class: weighted regressions, clustered by block, and a Poisson regression with an effect for each stratum."""
    rng = np.random.default_rng(12)
    blocks, classes = 15, 4
    below = rng.integers(3, 40, (blocks, classes)).astype(float)
    day = rng.normal(1, 0.1, blocks)
    above = np.round(below * day[:, None] * np.array([1.0, 1.1, 0.9, 1.0]) * rng.gamma(20, 1 / 20, (blocks, classes)), 3)
    cells = [(b, h) for b in range(blocks) for h in range(classes)]
    x = np.array([[float(h == k) for k in range(classes)] for _, h in cells])
    y = np.array([above[c] / below[c] for c in cells])
    w = np.array([below[c] for c in cells])
    fit = sm.WLS(y, x, weights=w).fit(cov_type="cluster", cov_kwds={"groups": np.array([b for b, _ in cells]), "use_correction": False})
    contrast = np.column_stack([np.eye(classes - 1), -np.ones(classes - 1)])
    n, p = blocks, classes - 1
    hotelling = float(fit.wald_test(contrast, use_f=False, scalar=True).statistic) * (n - 1) / n
    f = hotelling * (n - p) / (p * (n - 1))
    # The ratio of a class over that of all: the delta method on the sums of each block.
    sums = np.column_stack([above, below, above.sum(1), below.sum(1)])
    cov = np.cov(sums.T) * n
    total = sums.sum(0)
    relative = []
    for h in range(classes):
        r = total[h] / total[classes + h] / (total[-2] / total[-1])
        g = np.zeros(len(total))
        g[h], g[classes + h], g[-2], g[-1] = r / total[h], -r / total[classes + h], -r / total[-2], r / total[-1]
        relative.append([float(r), float(np.sqrt(g @ cov @ g))])
    within = {"blocks": np.stack([above, below], axis=2).tolist(), "ratios": relative, "f": f, "p_value": float(stats.f.sf(f, p, n - p))}

    group = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2])
    weight = rng.integers(20, 60, len(group)).astype(float)
    sum_ = np.round(weight * rng.normal(1, 0.1, len(group)) * np.array([1.0, 1.2, 1.05])[group], 3)
    x = np.array([[float(g == k) for k in range(3)] for g in group])
    fit = sm.WLS(sum_ / weight, x, weights=weight).fit()
    test = fit.f_test(np.array([[1.0, 0.0, -1.0], [0.0, 1.0, -1.0]]))
    share = x.T @ weight / weight.sum()
    level = sum_.sum() / weight.sum()
    distance = np.eye(3) - share[None, :]
    error = np.sqrt(np.diag(distance @ fit.cov_params() @ distance.T)) / level
    among = {"classes": [[[float(a), float(b)] for a, b, g in zip(sum_, weight, group) if g == k] for k in range(3)],
             "ratios": [[float(a), float(b)] for a, b in zip(fit.params / level, error)], "f": float(test.statistic), "p_value": float(test.pvalue)}

    strata = []
    for s in range(24):
        first, second = rng.integers(1, 9, 2)
        mean = rng.uniform(100, 300)
        strata.append([s // 3, float(round(rng.gamma(2 * first, mean / 2), 1)), int(first),
                       float(round(rng.gamma(2 * second, 1.15 * mean / 2), 1)), int(second)])
    y = np.array([v for s in strata for v in (s[1], s[3])])
    offset = np.log([v for s in strata for v in (s[2], s[4])])
    x = np.zeros((48, 25))
    x[1::2, 0] = 1
    for i in range(24):
        x[2 * i : 2 * i + 2, i + 1] = 1
    groups = np.repeat([s[0] for s in strata], 2)
    fit = sm.GLM(y, x, family=sm.families.Poisson(), offset=offset).fit(
        tol=1e-14, maxiter=100, cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    factor = {"strata": strata, "log": [float(fit.params[0]), float(fit.bse[0] * np.sqrt(8 / 7))]}
    return {"within": within, "between": among, "factor": factor}


def main():
    rng = np.random.default_rng(20240601)
    everything = ["exponential", "gamma", "lognormal", "weibull", "hyperexponential"]

    def censored(lasts, bound, grain):
        values = np.maximum(np.round(np.minimum(lasts, bound) / grain) * grain, grain)
        return tallies(values, lasts <= bound)

    handle = tallies(np.maximum(np.round(rng.lognormal(4.8, 1.3, 300)), 1.0), np.ones(300, bool))
    tight = tallies(np.round(rng.gamma(30.0, 12.0, 200), 1), np.ones(200, bool))
    patience = censored(rng.weibull(0.7, 250) * 200.0, rng.exponential(90.0, 250), 1.0)
    heavy = censored(rng.gamma(2.5, 120.0, 400), rng.exponential(60.0, 400), 0.5)
    out = {
        "versions": {p: importlib.metadata.version(p) for p in ["lifelines", "scipy", "statsmodels", "mpmath", "numpy"]},
        "survival": [
            survival(patience),
            survival(heavy),
            survival([[6.0, 3, 1], [7.0, 1, 0], [9.0, 0, 1], [10.0, 1, 1], [11.0, 0, 1], [13.0, 1, 0], [16.0, 1, 0],
                      [17.0, 0, 1], [19.0, 0, 1], [20.0, 0, 1], [22.0, 1, 0], [23.0, 1, 0], [25.0, 0, 1], [32.0, 0, 2],
                      [34.0, 0, 1], [35.0, 0, 1]]),
            survival([[1.0, 2, 0], [4.0, 1, 1], [5.5, 3, 0]]),
        ],
        "fits": [fits(handle, everything), fits(tight, ["exponential", "gamma", "lognormal", "weibull"]),
                 fits(patience, everything), fits(heavy, ["exponential", "gamma", "lognormal", "weibull"])],
        "wandering": wandering(np.random.default_rng(7)),
        "between": between(),
        "alike": alike(),
        "wilson": [[x, n, level, *map(float, proportion_confint(x, n, 1 - level, method="wilson"))]
                   for x, n, level in [(0, 4, 0.95), (4, 4, 0.95), (7, 20, 0.95), (1, 10, 0.99), (37, 1000, 0.9), (399998, 400000, 0.95)]],
        "poisson_rate": [[d, 0.95, float(stats.chi2.ppf(0.025, 2 * d) / 2) if d else 0.0, float(stats.chi2.ppf(0.975, 2 * d + 2) / 2)]
                         for d in [0, 1, 7, 250]],
    }
    print(json.dumps(out, indent=None, separators=(",", ":")).replace('},', '},\n'))


main()
