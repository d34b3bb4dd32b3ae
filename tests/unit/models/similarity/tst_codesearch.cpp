// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/similarity/codesearch.h"

#include "models/similarity/kernels.h"
#include "tests/unit/models/similarity/codedvectors.h"
#include "tests/support/testfiles.h"

#include <QtTest>

#include <cmath>
#include <random>

using namespace turnstone;
using namespace turnstone::similarity;

namespace {

struct Vectors
{
    std::size_t dimension = 0;
    std::vector<float> values;
    CodedVectors coded;

    std::size_t count() const { return values.size() / dimension; }
    std::span<const float> at(std::size_t row) const { return {&values[row * dimension], dimension}; }
    void quantise() { coded = CodedVectors(values, dimension); }
    CodesView view() const { return coded.view(); }
};

Vectors realEmbeddings()
{
    const QByteArray bytes = testData(QStringLiteral("embeddings/embeddings_384.f32"));
    Vectors vectors;
    vectors.dimension = 384;
    vectors.values.resize(static_cast<std::size_t>(bytes.size()) / 4);
    std::memcpy(vectors.values.data(), bytes.constData(), static_cast<std::size_t>(bytes.size()));
    vectors.quantise();
    return vectors;
}

/// Clusters of near neighbours, lengths from 1e-20 to 1e20, duplicates and zeros: what a bound must survive.
Vectors awkwardVectors(std::size_t dimension, std::size_t count, double noise, bool sameLength)
{
    std::mt19937 random(static_cast<unsigned>(dimension + count));
    std::normal_distribution<double> normal;
    Vectors vectors;
    vectors.dimension = dimension;
    std::vector<double> centre(dimension);
    for (std::size_t i = 0; i < count; ++i) {
        if (i % 40 == 0) {
            for (double &value : centre)
                value = normal(random);
        }
        const double length = sameLength ? 1 : std::pow(10.0, static_cast<int>(random() % 7) - 3) * (i % 97 == 0 ? 1e17 : i % 89 == 0 ? 1e-17 : 1);
        for (std::size_t j = 0; j < dimension; ++j)
            vectors.values.push_back(i % 113 == 5 ? 0.0F : static_cast<float>(length * (centre[j] + noise * normal(random))));
        if (i % 50 == 49)
            std::copy_n(vectors.values.end() - static_cast<std::ptrdiff_t>(2 * dimension), dimension, vectors.values.end() - static_cast<std::ptrdiff_t>(dimension));
    }
    vectors.quantise();
    return vectors;
}

std::vector<TopK::Entry> bruteForce(const Vectors &vectors, const ExactQuery &query, std::size_t k, double least = -HUGE_VAL)
{
    TopK top(k, least);
    for (std::size_t i = 0; i < vectors.count(); ++i)
        top.add(query.closeness(vectors.at(i)), i);
    return top.sorted();
}

std::vector<TopK::Entry> search(const Vectors &vectors, const ExactQuery &query, std::size_t k, double least = -HUGE_VAL,
                                const std::function<bool(std::size_t)> &allowed = {}, std::size_t *fetched = nullptr)
{
    CodeSearch search(query, k, least);
    if (!search.scan(vectors.view(), allowed))
        return {};
    for (auto rows = search.wanted(16); !rows.empty(); rows = search.wanted(16)) {
        for (const std::uint64_t row : rows)
            search.add(row, query.closeness(vectors.at(row)));
    }
    if (fetched)
        *fetched += search.fetched();
    return search.result();
}

bool isSame(const std::vector<TopK::Entry> &a, const std::vector<TopK::Entry> &b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const TopK::Entry &x, const TopK::Entry &y) { return x.id == y.id && x.closeness == y.closeness; });
}

} // namespace

class tst_CodeSearch : public QObject
{
    Q_OBJECT

private slots:
    void theResultIsThatOfBruteForce_data();
    void theResultIsThatOfBruteForce();
    void fewRealVectorsAreLookedAt();
    void aFilterIsExact();
    void aThresholdIsExact();
    void manyRowsInSeveralViews_data();
    void manyRowsInSeveralViews();
    void theFastAnswerNeverHidesARow();
    void stopping();
};

void tst_CodeSearch::theResultIsThatOfBruteForce_data()
{
    QTest::addColumn<Metric>("metric");
    QTest::addColumn<QString>("data");
    const std::vector<std::pair<const char *, Metric>> metrics{{"cosine", Metric::Cosine}, {"l2", Metric::L2}, {"inner product", Metric::InnerProduct}};
    for (const auto &[name, metric] : metrics) {
        for (const char *data : {"real", "awkward", "near", "tiny"})
            QTest::addRow("%s %s", name, data) << metric << QString::fromLatin1(data);
    }
}

void tst_CodeSearch::theResultIsThatOfBruteForce()
{
    QFETCH(Metric, metric);
    QFETCH(QString, data);
    const Vectors vectors = data == QLatin1String("real") ? realEmbeddings()
        : data == QLatin1String("awkward")               ? awkwardVectors(131, 1500, 0.3, false)
        : data == QLatin1String("near")                  ? awkwardVectors(1536, 700, 0.001, true)
                                                         : awkwardVectors(3, 1200, 0.5, true);
    std::mt19937 random(3);
    std::normal_distribution<double> normal;
    const std::size_t step = std::max<std::size_t>(1, vectors.count() / 120);
    for (std::size_t source = 0; source < vectors.count(); source += step) {
        std::vector<double> values(vectors.dimension);
        kernels::widen(vectors.at(source).data(), vectors.dimension, values.data());
        if (source % 2 == 1) {
            for (double &value : values)
                value += 0.01 * normal(random);
        }
        const ExactQuery query(metric, values);
        if (!query.isUsable())
            continue;
        for (const std::size_t k : {1UL, 10UL, 100UL}) {
            const auto expected = bruteForce(vectors, query, k);
            const auto found = search(vectors, query, k);
            QVERIFY2(isSame(found, expected), qPrintable(QStringLiteral("row %1, k %2").arg(source).arg(k)));
        }
    }
}

/// So many that several threads take part: of the first step if vectors are long, of the second one if they all look alike.
void tst_CodeSearch::manyRowsInSeveralViews_data()
{
    QTest::addColumn<int>("dimension");
    QTest::addColumn<int>("count");
    QTest::addColumn<double>("noise");
    QTest::newRow("far from each other") << 131 << 60'000 << 0.5;
    QTest::newRow("alike") << 16 << 30'000 << 0.2;
}

void tst_CodeSearch::manyRowsInSeveralViews()
{
    QFETCH(int, dimension);
    QFETCH(int, count);
    QFETCH(double, noise);
    std::mt19937 random(4);
    std::normal_distribution<float> normal;
    const auto n = static_cast<std::size_t>(dimension);
    std::vector<float> centre(n);
    std::vector<float> values;
    for (int i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            if (dimension > 100 ? i % 40 == 0 : i == 0)
                centre[j] = normal(random);
            values.push_back(centre[j] + static_cast<float>(noise) * normal(random));
        }
    }
    // The second view is of rows that were added later, a few of the first one are gone.
    const std::size_t added = 5003 * n;
    const CodedVectors base(std::vector<float>(values.begin(), values.end() - static_cast<std::ptrdiff_t>(added)), n);
    const CodedVectors delta(std::vector<float>(values.end() - static_cast<std::ptrdiff_t>(added), values.end()), n);
    std::vector<std::uint64_t> live((base.rows.size() + 63) / 64, ~std::uint64_t(0));
    for (std::size_t row = 0; row < base.rows.size(); row += 7)
        live[row / 64] &= ~(std::uint64_t(1) << (row % 64));
    CodesView first = base.view();
    first.live = live.data();
    const auto vectorOf = [&](std::size_t row) { return std::span<const float>(&values[row * n], n); };
    for (const Metric metric : {Metric::Cosine, Metric::L2, Metric::InnerProduct}) {
        for (int source = 11; source < count; source += count / 6) {
            std::vector<double> wide(n);
            kernels::widen(vectorOf(static_cast<std::size_t>(source)).data(), n, wide.data());
            const ExactQuery query(metric, wide);
            CodeSearch search(query, 20);
            QVERIFY(search.scan(first, [](std::size_t row) { return row % 3 != 1; }));
            QVERIFY(search.scan(delta.view()));
            for (auto rows = search.wanted(16); !rows.empty(); rows = search.wanted(16)) {
                for (const std::uint64_t row : rows)
                    search.add(row, query.closeness(vectorOf(row)));
            }
            TopK expected(20);
            for (std::size_t row = 0; row < static_cast<std::size_t>(count); ++row) {
                if (row >= base.rows.size() || (row % 7 != 0 && row % 3 != 1))
                    expected.add(query.closeness(vectorOf(row)), row);
            }
            QVERIFY(isSame(search.result(), expected.sorted()));
            QVERIFY2(search.fetched() < 2000, qPrintable(QString::number(search.fetched())));
        }
    }
}

void tst_CodeSearch::fewRealVectorsAreLookedAt()
{
    const Vectors vectors = realEmbeddings();
    std::size_t fetched = 0;
    for (std::size_t source = 0; source < 100; ++source) {
        std::vector<double> values(vectors.dimension);
        kernels::widen(vectors.at(source).data(), vectors.dimension, values.data());
        (void)search(vectors, ExactQuery(Metric::Cosine, values), 5, -HUGE_VAL, {}, &fetched);
    }
    QVERIFY2(fetched < 100 * 45, qPrintable(QString::number(fetched))); // of 324; batches are of 16
}

void tst_CodeSearch::aFilterIsExact()
{
    const Vectors vectors = realEmbeddings();
    std::vector<double> values(vectors.dimension);
    kernels::widen(vectors.at(17).data(), vectors.dimension, values.data());
    const ExactQuery query(Metric::Cosine, values);
    TopK expected(10);
    for (std::size_t i = 0; i < vectors.count(); i += 3)
        expected.add(query.closeness(vectors.at(i)), i);
    QVERIFY(isSame(search(vectors, query, 10, -HUGE_VAL, [](std::size_t row) { return row % 3 == 0; }), expected.sorted()));
}

void tst_CodeSearch::aThresholdIsExact()
{
    const Vectors vectors = realEmbeddings();
    for (std::size_t source = 0; source < vectors.count(); source += 11) {
        std::vector<double> values(vectors.dimension);
        kernels::widen(vectors.at(source).data(), vectors.dimension, values.data());
        const ExactQuery query(Metric::Cosine, values);
        const auto all = bruteForce(vectors, query, vectors.count(), 0.3);
        QVERIFY(!all.empty() && all.size() < vectors.count());
        QVERIFY(isSame(search(vectors, query, vectors.count(), 0.3), all));
    }
}

/// The quick bound of a scan over real vectors is above the exact value, always.
void tst_CodeSearch::theFastAnswerNeverHidesARow()
{
    const Vectors vectors = awkwardVectors(257, 800, 0.2, false);
    for (const Metric metric : {Metric::Cosine, Metric::L2, Metric::InnerProduct, Metric::L1}) {
        for (std::size_t source = 0; source < vectors.count(); source += 31) {
            std::vector<double> values(vectors.dimension);
            kernels::widen(vectors.at(source).data(), vectors.dimension, values.data());
            values[0] += 1e-9;
            const ExactQuery query(metric, values);
            if (!query.isUsable())
                continue;
            for (std::size_t i = 0; i < vectors.count(); ++i) {
                const double exact = query.closeness(vectors.at(i));
                QVERIFY(std::isnan(exact) || query.upperBound(vectors.at(i), vectors.coded.rows[i].norm) >= exact);
            }
        }
    }
}

void tst_CodeSearch::stopping()
{
    const Vectors vectors = realEmbeddings();
    std::vector<double> values(vectors.dimension, 1.0);
    const ExactQuery query(Metric::Cosine, values);
    CodeSearch search(query, 3);
    std::stop_source stop;
    stop.request_stop();
    QVERIFY(!search.scan(vectors.view(), {}, stop.get_token()));
}

QTEST_APPLESS_MAIN(tst_CodeSearch)
#include "tst_codesearch.moc"
