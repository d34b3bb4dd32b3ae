// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/pairsearch.h"

#include "models/similarity/kernels.h"
#include "tests/unit/models/similarity/codedvectors.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

using namespace turnstone::similarity;

namespace {

/// Groups of paraphrases around centres, at every distance from the bar, with zero vectors and exact repetitions among them.
struct Sample
{
    std::size_t dimension = 200;
    std::vector<float> values;
    turnstone::CodedVectors coded;

    explicit Sample(std::size_t count)
    {
        std::mt19937 random(5);
        std::normal_distribution<double> normal;
        std::vector<double> centre(dimension);
        for (std::size_t i = 0; i < count; ++i) {
            if (i % 7 == 0) {
                for (double &value : centre)
                    value = normal(random);
            }
            const double noise = static_cast<double>(random() % 100) / 200;
            for (std::size_t j = 0; j < dimension; ++j)
                values.push_back(i % 31 == 30 ? 0.0F : static_cast<float>((1 + static_cast<double>(i % 3)) * (centre[j] + (i % 5 == 0 ? 0 : noise) * normal(random))));
        }
        coded = turnstone::CodedVectors(values, dimension);
    }

    double cosine(std::size_t a, std::size_t b) const
    {
        std::vector<double> wide(dimension);
        kernels::widen(&values[a * dimension], dimension, wide.data());
        return kernels::dotExact(wide.data(), &values[b * dimension], dimension) / (coded.rows[a].norm * coded.rows[b].norm);
    }

    PairSearch search(double least, unsigned threads, std::size_t *doubtful) const
    {
        PairSearch search;
        search.dimension = dimension;
        search.rows = coded.rows;
        search.codesOf = [this](std::size_t row) { return coded.view().planes(row); };
        search.least = least;
        search.threads = threads;
        search.decide = [this, least, doubtful](std::span<const DoubtfulPair> pairs, std::vector<bool> &isNear) {
            *doubtful += pairs.size();
            for (std::size_t i = 0; i < pairs.size(); ++i)
                isNear[i] = cosine(pairs[i].first, pairs[i].second) >= least;
            return true;
        };
        return search;
    }

    std::vector<std::vector<std::size_t>> bruteForce(double least) const
    {
        std::vector<std::size_t> group(coded.rows.size());
        std::iota(group.begin(), group.end(), std::size_t(0));
        for (std::size_t a = 0; a < coded.rows.size(); ++a) {
            for (std::size_t b = a + 1; b < coded.rows.size(); ++b) {
                if (!(cosine(a, b) >= least) || group[a] == group[b])
                    continue;
                const std::size_t from = std::max(group[a], group[b]);
                const std::size_t to = std::min(group[a], group[b]);
                std::replace(group.begin(), group.end(), from, to);
            }
        }
        std::vector<std::vector<std::size_t>> groups(coded.rows.size());
        for (std::size_t i = 0; i < coded.rows.size(); ++i)
            groups[group[i]].push_back(i);
        std::erase_if(groups, [](const auto &members) { return members.size() < 2; });
        std::stable_sort(groups.begin(), groups.end(), [](const auto &a, const auto &b) { return a.size() > b.size(); });
        return groups;
    }
};

} // namespace

class tst_PairSearch : public QObject
{
    Q_OBJECT

private slots:
    void groupsAreThoseOfBruteForce();
    void stopping();
    void aCallerThatCannotDecideEndsIt();
};

void tst_PairSearch::groupsAreThoseOfBruteForce()
{
    const Sample sample(517);
    for (const double least : {0.7, 0.9, 0.95, 0.999}) {
        const auto expected = sample.bruteForce(least);
        QVERIFY(!expected.empty());
        for (const unsigned threads : {1U, 3U}) {
            std::size_t doubtful = 0;
            double progress = 0;
            PairSearch search = sample.search(least, threads, &doubtful);
            search.progress = [&progress](double done) { progress = done; };
            const auto groups = search.run({});
            QVERIFY(groups);
            QCOMPARE(*groups, expected);
            QVERIFY(doubtful < 2000); // of 133,000 pairs
            QVERIFY(progress > 0.99);
        }
    }
}

void tst_PairSearch::stopping()
{
    const Sample sample(200);
    std::size_t doubtful = 0;
    std::stop_source stop;
    stop.request_stop();
    QVERIFY(!sample.search(0.9, 2, &doubtful).run(stop.get_token()));
}

void tst_PairSearch::aCallerThatCannotDecideEndsIt()
{
    const Sample sample(200);
    std::size_t doubtful = 0;
    PairSearch search = sample.search(0.9, 1, &doubtful);
    search.decide = [](std::span<const DoubtfulPair>, std::vector<bool> &) { return false; };
    QVERIFY(!search.run({}));
}

QTEST_APPLESS_MAIN(tst_PairSearch)
#include "tst_pairsearch.moc"
