// SPDX-License-Identifier: GPL-3.0-or-later
// How the panel asks, and what it does with answers.
#include "views/similarity/similaritypanel.h"

#include "models/core/async.h"
#include "models/vectors/wordsearch.h"
#include "views/panels/tasks.h"
#include "views/similarity/hitlistmodel.h"
#include "views/similarity/indexstrip.h"
#include "views/similarity/questionbar.h"
#include "views/widgets/messagebar.h"

#include <QLabel>
#include <QListView>
#include <QLocale>
#include <QProgressBar>
#include <QRegularExpression>
#include <QThreadPool>
#include <QtConcurrent>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int pollMs = 80;
/// What near-duplicates reach when the application does not say what it calls similar.
constexpr double duplicateScore = 0.95;

/// Words worth marking: of four letters and more.
QStringList wordsToMark(const QString &text)
{
    static const QRegularExpression gap(u"[^\\p{L}\\p{N}]+"_s);
    static const QStringList common{u"that"_s, u"this"_s, u"with"_s, u"from"_s, u"have"_s, u"will"_s, u"than"_s, u"what"_s, u"them"_s, u"they"_s, u"their"_s, u"there"_s, u"which"_s, u"would"_s, u"about"_s, u"into"_s, u"been"_s, u"were"_s, u"when"_s, u"your"_s, u"more"_s, u"some"_s, u"only"_s};
    QStringList words;
    for (const QString &word : text.left(4000).split(gap, Qt::SkipEmptyParts)) {
        if (word.size() >= 4 && !common.contains(word, Qt::CaseInsensitive) && !words.contains(word, Qt::CaseInsensitive))
            words.append(word);
    }
    return words.mid(0, 80);
}

} // namespace

/// What the records asked by say, on top, and which conversation they are of.
void SimilarityPanel::describeSubject()
{
    if (!m_subjectText.isEmpty())
        return;
    m_awaitsSubject = true;
    const auto catalog = context().catalog;
    const auto profile = context().profile;
    onResult(context().pool->read(
                 [catalog, profile, store = m_store, of = *column(), table = m_table, rows = m_rows](Connection &connection) -> Result<std::vector<SimilarityHit>> {
                     const SimilaritySearch search(*catalog, *profile, *store);
                     const auto asked = search.vectorOf(connection, of, table, rows, of.metric);
                     if (!asked)
                         return failure(asked);
                     return search.describe(connection, of, asked->vectorKeys, table);
                 },
                 m_closing.get_token()),
             this, [this, rows = m_rows](const Result<std::vector<SimilarityHit>> &hits) {
                 m_awaitsSubject = false;
                 if (rows == m_rows && m_task < 0)
                     QMetaObject::invokeMethod(this, &Panel::settled, Qt::QueuedConnection);
                 if (!hits || hits->empty() || rows != m_rows)
                     return;
                 m_subjectText = hits->front().text;
                 emit titleChanged();
                 m_model->setWords(wordsToMark(m_subjectText));
                 const QString text = m_subjectText.simplified();
                 const QString shown = text.size() > 220 ? text.left(219) + u'…' : text;
                 m_question->setSubject(rows.size() == 1 ? tr("Similar to “%1”").arg(shown) : tr("Similar to %n records, the first of which says “%1”", nullptr, static_cast<int>(rows.size())).arg(shown));
                 m_question->setConversation(hits->front().group, hits->front().groupLabel);
             });
}

void SimilarityPanel::run(SimilarityQuestion question, const QString &text, bool isByWords)
{
    begin(tr("Searching vectors"));
    m_words = text;
    const quint64 generation = m_generation;
    const auto catalog = context().catalog;
    const auto profile = context().profile;
    const auto job = [catalog, profile, store = m_store, of = *column(), question = std::move(question), stop = m_stop.get_token(), state = m_state, text, isByWords, every = m_preliminaryEvery](Connection &connection) {
        if (isByWords)
            return searchWords(connection, *catalog, *profile, *store, of, text, question);
        const SimilaritySearch search(*catalog, *profile, *store);
        const auto progress = [state](double fraction, std::size_t rows) {
            state->fraction = fraction;
            state->rows = rows;
        };
        const auto preliminary = [state](similarity::Metric metric, std::vector<VectorStore::Nearest> nearest) {
            const std::lock_guard lock(state->mutex);
            state->preliminary = std::move(nearest);
            state->metric = metric;
        };
        auto answer = search.ask(connection, of, question, stop, progress, {preliminary, every});
        if (!answer)
            return answer;
        if (const auto models = search.models(connection, of); models && models->size() > 1)
            answer->notes.append(QObject::tr("These vectors are of %1 models: scores across models mean nothing.").arg(models->size()));
        return answer;
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this, generation, text](Result<SimilarityAnswer> answer) {
        if (generation == m_generation)
            accept(std::move(answer), text);
    });
}

/// The text goes to the endpoint, its vector to the search.
void SimilarityPanel::embed(SimilarityQuestion question, const QString &text)
{
    begin(tr("Embedding the text"));
    const quint64 generation = m_generation;
    const auto job = [endpoint = m_endpoint, text, stop = m_stop.get_token()] { return embedTexts(endpoint, {text}, stop); };
    onResult(QtConcurrent::run(&m_services.workers, job), this, [this, generation, question = std::move(question), text](Result<std::vector<std::vector<double>>> vectors) mutable {
        if (generation != m_generation)
            return;
        if (!vectors)
            return accept(Result<SimilarityAnswer>(tl::unexpected(vectors.error())), text);
        question.vector = std::move(vectors->front());
        run(std::move(question), text);
    });
}

void SimilarityPanel::accept(Result<SimilarityAnswer> answer, const QString &words)
{
    end();
    if (!answer) {
        if (answer.error().code == ErrorCode::Cancelled && m_preliminary->isVisibleTo(this)) {
            m_preliminary->setText(tr("Stopped before all vectors were read: there may be nearer ones."));
            emit settled();
            return;
        }
        m_preliminary->hide();
        m_model->clear();
        if (answer.error().code == ErrorCode::Cancelled) {
            showEmpty(tr("Stopped."));
        } else {
            m_message->showError(answer.error());
            showEmpty(tr("Nothing could be compared."));
        }
        emit settled();
        return;
    }
    const bool isContinued = m_preliminary->isVisibleTo(this);
    m_preliminary->hide();
    showHits(*answer, words, isContinued);
    m_how->setText(tr("%n hits", nullptr, static_cast<int>(answer->hits.size())) + u" · "_s + answer->how + u" · "_s + tr("%1 ms").arg(QLocale().toString(answer->milliseconds, 'f', answer->milliseconds < 10 ? 1 : 0)));
    m_index->setUsed(answer->isByWords ? std::nullopt : std::optional(answer->index));
    if (!answer->notes.isEmpty())
        m_message->showNote(answer->notes.join(u". "_s));
    if (answer->hits.empty()) {
        showEmpty(m_question->leastScore() > 0 ? tr("Nothing reaches this score.") : tr("Nothing to compare with."));
    } else {
        m_empty->hide();
        m_list->show();
    }
    chooseFirst();
    if (!m_awaitsSubject)
        emit settled();
}

/// So that the record beside the hits is that of one of them.
void SimilarityPanel::chooseFirst()
{
    for (int row = 0; !m_list->currentIndex().isValid() && row < m_model->rowCount(); ++row) {
        if (m_model->hit(m_model->index(row)) != nullptr)
            m_list->setCurrentIndex(m_model->index(row));
    }
}

/// Of the same search the hit that is selected stays it, wherever it stands now; without one the nearest is in sight.
void SimilarityPanel::showHits(const SimilarityAnswer &answer, const QString &words, bool isContinued)
{
    const SimilarityHit *current = m_model->hit(m_list->currentIndex());
    const std::optional<SimilarityHit> before = current && isContinued ? std::optional(*current) : std::nullopt;
    m_model->setHits(answer, wordsToMark(words.isEmpty() ? m_subjectText : words));
    for (std::size_t i = 0; before && i < answer.hits.size(); ++i) {
        if (answer.hits[i].vectorKey == before->vectorKey)
            return m_list->setCurrentIndex(m_model->index(static_cast<int>(i)));
    }
    m_list->scrollToTop();
}

void SimilarityPanel::askDuplicates()
{
    const VectorColumn *of = column();
    if (!of)
        return;
    m_asking = Asking::Duplicates;
    emit titleChanged();
    begin(tr("Comparing all vectors"));
    double least = m_question->leastScore();
    if (!(least > 0))
        least = of->threshold > 0 ? of->threshold : duplicateScore;
    m_question->setSubject(tr("Records that say nearly the same: score ≥ %1").arg(QLocale().toString(least, 'f', 3)));
    const quint64 generation = m_generation;
    const auto catalog = context().catalog;
    const auto profile = context().profile;
    const auto job = [catalog, profile, store = m_store, of = *of, least, question = m_question->options(), stop = m_stop.get_token(), state = m_state](Connection &connection) {
        return findNearDuplicates(connection, *catalog, *profile, *store, of, least, question, stop, [state](double fraction, std::size_t rows) {
            state->fraction = fraction;
            state->rows = rows;
        });
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this, generation](Result<NearDuplicates> found) {
        if (generation == m_generation)
            acceptDuplicates(std::move(found));
    });
}

void SimilarityPanel::acceptDuplicates(Result<NearDuplicates> found)
{
    end();
    if (!found) {
        m_model->clear();
        if (found.error().code != ErrorCode::Cancelled)
            m_message->showError(found.error());
        showEmpty(found.error().code == ErrorCode::Cancelled ? tr("Stopped.") : tr("Nothing could be compared."));
        emit settled();
        return;
    }
    m_model->setGroups(*found);
    m_index->setUsed(std::nullopt);
    const QLocale locale;
    m_how->setText(tr("%1 groups of %2 records among %3 vectors").arg(locale.toString(static_cast<qulonglong>(found->groupCount)), locale.toString(static_cast<qulonglong>(found->rowCount)), locale.toString(static_cast<qulonglong>(found->vectors))));
    if (!found->notes.isEmpty())
        m_message->showNote(found->notes.join(u". "_s));
    if (found->groups.empty()) {
        showEmpty(tr("No two of these records are that close. A lower score above finds looser ones."));
    } else {
        m_empty->hide();
        m_list->show();
        chooseFirst();
        m_list->scrollToTop(); // with the heading above the first
    }
    emit settled();
}

void SimilarityPanel::begin(const QString &what)
{
    m_stop.request_stop(); // what ran before
    m_stop = std::stop_source();
    m_state = std::make_shared<Progress>();
    ++m_generation;
    m_message->clear();
    m_question->setRunning(true);
    if (m_task >= 0)
        m_services.tasks.end(m_task);
    m_task = m_services.tasks.begin(what, [stop = m_stop]() mutable { stop.request_stop(); });
    m_timer.start(std::min<std::chrono::milliseconds>(std::chrono::milliseconds(pollMs), std::max(m_preliminaryEvery, std::chrono::milliseconds(1))));
    m_how->setText({});
    m_preliminary->hide();
}

void SimilarityPanel::end()
{
    m_timer.stop();
    m_progress->hide();
    m_state = std::make_shared<Progress>();
    m_question->setRunning(false);
    if (m_task >= 0)
        m_services.tasks.end(std::exchange(m_task, -1));
}

void SimilarityPanel::showProgress()
{
    const double fraction = m_state->fraction;
    const std::size_t rows = m_state->rows;
    m_progress->show();
    m_progress->setRange(0, fraction < 0 ? 0 : 1000);
    m_progress->setValue(static_cast<int>(fraction * 1000));
    if (rows > 0)
        m_how->setText(tr("%1 vectors read").arg(QLocale().toString(static_cast<qulonglong>(rows))));
    if (m_task >= 0 && fraction >= 0)
        m_services.tasks.setProgress(m_task, static_cast<qint64>(fraction * 1000), 1000);
    describePreliminary();
}

/// The connection that reads is busy: another one fetches texts of what is nearest so far. One such question at a time.
void SimilarityPanel::describePreliminary()
{
    std::vector<VectorStore::Nearest> nearest;
    similarity::Metric metric;
    {
        const std::lock_guard lock(m_state->mutex);
        if (m_describesPreliminary || !m_state->preliminary || m_state->preliminary->empty())
            return;
        nearest = std::move(*std::exchange(m_state->preliminary, std::nullopt));
        metric = m_state->metric;
    }
    m_describesPreliminary = true;
    const auto job = [catalog = context().catalog, profile = context().profile, store = m_store, of = *column(), metric, nearest = std::move(nearest), table = m_table](Connection &connection) {
        const SimilaritySearch search(*catalog, *profile, *store);
        return search.hitsOf(connection, of, metric, nearest, table == of.table || table == of.recordTable ? table : QString());
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this, metric, generation = m_generation](Result<std::vector<SimilarityHit>> hits) {
        m_describesPreliminary = false;
        if (!hits || hits->empty() || generation != m_generation || m_task < 0) // the exact result was quicker
            return;
        SimilarityAnswer answer;
        answer.metric = metric;
        answer.hits = std::move(*hits);
        const double fraction = m_state->fraction;
        m_preliminary->setText(fraction > 0 ? tr("First hits, %1 % of the vectors are read. The exact result follows.").arg(static_cast<int>(fraction * 100))
                                            : tr("First hits, not all vectors are read. The exact result follows."));
        const bool isContinued = m_preliminary->isVisibleTo(this);
        m_preliminary->show();
        showHits(answer, m_words, isContinued);
        m_empty->hide();
        m_list->show();
    });
}

} // namespace turnstone
