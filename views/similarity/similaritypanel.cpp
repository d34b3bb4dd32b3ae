// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/similarity/similaritypanel.h"

#include "models/browsing/recordidentity.h"
#include "models/connections/secretstore.h"
#include "models/core/async.h"
#include "models/vectors/vectorfile.h"
#include "models/vectors/wordsearch.h"
#include "views/panels/tasks.h"
#include "views/similarity/endpointdialog.h"
#include "views/similarity/fillstrip.h"
#include "views/similarity/hitdelegate.h"
#include "views/similarity/hitlistmodel.h"
#include "views/similarity/indexstrip.h"
#include "views/similarity/questionbar.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QLocale>
#include <QMenu>
#include <QProgressBar>
#include <QRegularExpression>
#include <QThreadPool>
#include <QVBoxLayout>
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

SimilarityPanel::SimilarityPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent)
    : Panel(std::move(context), parent), m_services(services), m_store(std::make_shared<VectorStore>(services.cacheFolder.isEmpty() ? QString() : services.cacheFolder + u"/vectors"_s)),
      m_question(new QuestionBar(this)), m_index(new IndexStrip(services, Panel::context(), this)), m_fill(new FillStrip(services, Panel::context(), this)),
      m_message(new MessageBar(this)), m_model(new HitListModel(this)), m_list(new QListView(this)), m_empty(new QLabel(this)), m_preliminary(new QLabel(this)),
      m_how(new QLabel(this)), m_progress(new QProgressBar(this)), m_state(std::make_shared<Progress>()), m_table(tableOf(arguments))
{
    setObjectName(u"similarityPanel"_s);
    if (RowKey key = keyOf(arguments); !key.empty()) {
        m_rows = {key};
    }
    for (const QVariant &more : arguments.value(u"keys"_s).toList())
        m_rows.push_back(keyOf({{u"table"_s, m_table}, {u"key"_s, more}}));
    if (!m_rows.empty())
        m_asking = Asking::Records;
    m_list->setObjectName(u"similarHits"_s);
    m_list->setAccessibleName(tr("Similar records"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new HitDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setMouseTracking(true);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_empty->setObjectName(u"emptySentence"_s);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_preliminary->setObjectName(u"preliminaryNote"_s);
    m_preliminary->setTextFormat(Qt::PlainText);
    m_preliminary->setContentsMargins(metrics::space4, metrics::space1, metrics::space4, metrics::space1);
    m_preliminary->hide();
    m_how->setObjectName(u"searchNote"_s);
    m_how->setFont(sizedFont(font(), metrics::captionPx));
    m_how->setForegroundRole(QPalette::PlaceholderText);
    m_how->setTextFormat(Qt::PlainText);
    m_progress->setObjectName(u"searchProgress"_s);
    m_progress->setAccessibleName(tr("Progress of the search"));
    m_progress->setMaximumSize(160, metrics::space3);
    m_progress->setTextVisible(false);
    m_progress->hide();
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(metrics::space4, metrics::space1, metrics::space4, metrics::space1);
    foot->addWidget(m_how, 1);
    foot->addWidget(m_progress);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_question);
    layout->addWidget(m_index);
    layout->addWidget(m_fill);
    layout->addWidget(m_message);
    layout->addWidget(m_preliminary);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_list, 1);
    layout->addLayout(foot);
    m_timer.setInterval(pollMs);
    connect(&m_timer, &QTimer::timeout, this, &SimilarityPanel::showProgress);
    connect(m_question, &QuestionBar::asked, this, &SimilarityPanel::askText);
    connect(m_question, &QuestionBar::changed, this, &SimilarityPanel::askAgain);
    connect(m_question, &QuestionBar::columnChanged, this, &SimilarityPanel::askAgain);
    connect(m_question, &QuestionBar::fileWanted, this, &SimilarityPanel::askFile);
    connect(m_question, &QuestionBar::duplicatesWanted, this, &SimilarityPanel::askDuplicates);
    connect(m_question, &QuestionBar::endpointWanted, this, &SimilarityPanel::setUpEndpoint);
    connect(m_index, &IndexStrip::failed, m_message, [this](const Error &error) { m_message->showError(error); });
    connect(m_fill, &FillStrip::failed, m_message, [this](const Error &error) { m_message->showError(error); });
    connect(m_fill, &FillStrip::endpointWanted, this, &SimilarityPanel::setUpEndpoint);
    connect(m_index, &IndexStrip::noted, this, &Panel::noted);
    connect(m_question, &QuestionBar::stopWanted, this, [this] { m_stop.request_stop(); });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &SimilarityPanel::selectCurrent);
    connect(m_list, &QListView::activated, this, &SimilarityPanel::openCurrent);
    connect(m_list, &QListView::customContextMenuRequested, this, &SimilarityPanel::showMenu);
    showEmpty(tr("Looking for vectors…"));
    m_endpoint = EndpointDialog::stored(m_services);
    if (!m_endpoint.isEmpty()) {
        onResult(m_services.secrets.read(m_endpoint.secretName()), this, [this, url = m_endpoint.url](const SecretAnswer &answer) {
            if (answer.secret && m_endpoint.url == url)
                m_endpoint.key = *answer.secret;
            m_fill->setEndpoint(m_endpoint);
        });
    }
    readColumns();
}

SimilarityPanel::~SimilarityPanel()
{
    m_stop.request_stop();
    m_recordStop.request_stop();
    m_closing.request_stop();
    if (m_task >= 0)
        m_services.tasks.end(m_task);
}

QString SimilarityPanel::title() const
{
    if (m_asking == Asking::Duplicates)
        return tr("Near-duplicates");
    if (m_asking == Asking::Records && m_rows.size() == 1 && m_rows.front().size() == 1)
        return tr("Similar to %1").arg(m_rows.front().front().toDisplayText());
    return tr("Similar");
}

void SimilarityPanel::readColumns()
{
    const auto catalog = context().catalog;
    const auto profile = context().profile;
    onResult(context().pool->read([catalog, profile](Connection &connection) { return readVectorColumns(connection, *catalog, *profile); }, m_closing.get_token()), this,
             [this](Result<std::vector<VectorColumn>> columns) { acceptColumns(std::move(columns)); });
}

void SimilarityPanel::acceptColumns(Result<std::vector<VectorColumn>> columns)
{
    if (!columns) {
        m_message->showError(columns.error());
        showEmpty(tr("The columns of vectors could not be read."));
        emit settled();
        return;
    }
    const int before = m_question->column();
    m_columns = std::move(*columns);
    m_question->setColumns(m_columns, context().catalog->engine == Engine::PostgreSql);
    // The column that the records asked by belong to.
    for (std::size_t i = 0; i < m_columns.size() && !m_table.isEmpty(); ++i) {
        if (m_columns[i].table == m_table || m_columns[i].recordTable == m_table) {
            m_question->setColumn(static_cast<int>(i));
            break;
        }
    }
    if (m_hasColumns && before >= 0 && before < static_cast<int>(m_columns.size()))
        m_question->setColumn(before);
    m_hasColumns = true;
    if (m_columns.empty()) {
        showEmpty(tr("This database holds no vectors. Records are compared by the embeddings that an application has stored with them."));
        emit settled();
        return;
    }
    if (context().catalog->engine == Engine::PostgreSql && !hasVectorExtension(*context().catalog))
        m_message->showNote(tr("The server has no pgvector, so vectors are fetched and compared here. A superuser adds it with CREATE EXTENSION vector, after installing postgresql-…-pgvector."));
    m_fill->setColumn(*column());
    if (m_asking == Asking::Nothing) {
        showEmpty(tr("Find what means the same: ask by a text or a vector above, by a record from its menu, or look for near-duplicates."));
        emit settled();
    }
    askAgain();
}

const VectorColumn *SimilarityPanel::column() const
{
    const int index = m_question->column();
    return index >= 0 && index < static_cast<int>(m_columns.size()) ? &m_columns[static_cast<std::size_t>(index)] : nullptr;
}

void SimilarityPanel::askText()
{
    const QString text = m_question->text();
    if (text.isEmpty())
        return;
    m_rows.clear();
    m_subjectText.clear();
    m_question->setSubject({});
    m_asking = Asking::Text;
    if (text.startsWith(u'[') || text.startsWith(u'{')) {
        auto vector = vectorFromBytes(text.toUtf8());
        if (!vector) {
            m_message->showError(vector.error());
            return;
        }
        m_vector = std::move(*vector);
        m_asking = Asking::Vector;
    }
    emit titleChanged();
    askAgain();
}

void SimilarityPanel::askFile()
{
    auto *dialog = new QFileDialog(this, tr("Load a vector"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        auto vector = readVectorFile(path); // at most 16 MB
        if (!vector)
            return m_message->showError(vector.error());
        m_vector = std::move(*vector);
        m_rows.clear();
        m_asking = Asking::Vector;
        m_question->setText({});
        m_question->setSubject(tr("Similar to the vector in %1").arg(path.section(u'/', -1)));
        emit titleChanged();
        askAgain();
    });
    dialog->open();
}

void SimilarityPanel::askRecords(const QString &table, const std::vector<RowKey> &rows)
{
    m_table = table;
    m_rows = rows;
    m_subjectText.clear();
    m_asking = Asking::Records;
    m_question->setText({});
    emit titleChanged();
    askAgain();
}

void SimilarityPanel::askAgain()
{
    if (!m_hasColumns || !column())
        return;
    SimilarityQuestion question = m_question->options();
    m_index->setColumn(*column());
    m_fill->setColumn(*column());
    m_index->setOptions(question);
    switch (m_asking) {
    case Asking::Nothing: return;
    case Asking::Duplicates: return askDuplicates();
    case Asking::Records:
        question.rows = m_rows;
        question.table = m_table == column()->table || m_table == column()->recordTable ? m_table : QString();
        describeSubject();
        return run(std::move(question), m_subjectText);
    case Asking::Text: return m_endpoint.isEmpty() ? run(std::move(question), m_question->text(), true) : embed(std::move(question), m_question->text());
    case Asking::Vector: question.vector = m_vector; return run(std::move(question), {});
    }
}

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
    m_index->setUsed(answer->index);
    if (!answer->notes.isEmpty())
        m_message->showNote(answer->notes.join(u". "_s));
    if (answer->hits.empty()) {
        showEmpty(m_question->leastScore() > 0 ? tr("Nothing reaches this score.") : tr("Nothing to compare with."));
    } else {
        m_empty->hide();
        m_list->show();
    }
    if (!m_awaitsSubject)
        emit settled();
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
    const QLocale locale;
    m_how->setText(tr("%1 groups of %2 records among %3 vectors").arg(locale.toString(static_cast<qulonglong>(found->groupCount)), locale.toString(static_cast<qulonglong>(found->rowCount)), locale.toString(static_cast<qulonglong>(found->vectors))));
    if (!found->notes.isEmpty())
        m_message->showNote(found->notes.join(u". "_s));
    if (found->groups.empty()) {
        showEmpty(tr("No two records are that close."));
    } else {
        m_empty->hide();
        m_list->show();
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

void SimilarityPanel::showEmpty(const QString &sentence)
{
    m_empty->setText(sentence);
    m_empty->show();
    m_list->hide();
}

void SimilarityPanel::selectCurrent()
{
    const SimilarityHit *hit = m_model->hit(m_list->currentIndex());
    const CatalogTable *table = hit ? context().catalog->table(hit->table) : nullptr;
    if (!table || hit->key.empty())
        return;
    m_recordStop.request_stop();
    m_recordStop = std::stop_source();
    const std::stop_token stop = m_recordStop.get_token();
    onResult(rowKeyOf(context(), *table, hit->key), this, [this, table, stop](const Result<RowKey> &key) {
        if (!key || stop.stop_requested())
            return;
        onResult(readRecord(*context().pool, *table, *key, stop), this, [this, stop](Result<Record> record) {
            if (!record || stop.stop_requested())
                return;
            m_record = std::move(*record);
            emit recordSelected(*m_record);
        });
    });
}

void SimilarityPanel::openCurrent()
{
    if (const SimilarityHit *hit = m_model->hit(m_list->currentIndex()))
        emit placeRequested(context().id, {column() ? column()->schema : QString(), hit->table, {}}, hit->key);
}

void SimilarityPanel::showMenu(const QPoint &at)
{
    const SimilarityHit *hit = m_model->hit(m_list->indexAt(at));
    if (!hit)
        return;
    auto *menu = new QMenu(this);
    menu->setObjectName(u"hitMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    std::vector<RowKey> selected;
    for (const QModelIndex &index : m_list->selectionModel()->selectedRows()) {
        if (const SimilarityHit *each = m_model->hit(index))
            selected.push_back(each->key);
    }
    const QString table = hit->table;
    menu->addAction(tr("Show similar records"), this, [this, table, key = hit->key] { askRecords(table, {key}); });
    if (selected.size() > 1)
        menu->addAction(tr("Show what is similar to the %1 selected").arg(selected.size()), this, [this, table, selected] { askRecords(table, selected); });
    menu->addAction(tr("Go to the record"), this, [this, table, key = hit->key] { emit placeRequested(context().id, {column() ? column()->schema : QString(), table, {}}, key); });
    menu->addAction(tr("Copy the text"), this, [text = hit->text] { QApplication::clipboard()->setText(text); });
    menu->addSeparator();
    emit recordMenuOpening(menu, table, hit->key);
    menu->popup(m_list->viewport()->mapToGlobal(at));
}

void SimilarityPanel::setUpEndpoint()
{
    auto *dialog = new EndpointDialog(m_services, m_endpoint.isEmpty() ? EndpointDialog::stored(m_services) : m_endpoint, column() ? column()->dimension : 0, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &EndpointDialog::chosen, this, [this](const EmbeddingEndpoint &endpoint) {
        m_endpoint = endpoint;
        m_fill->setEndpoint(endpoint);
        if (m_asking == Asking::Text)
            askAgain();
    });
    dialog->open();
}

QVariantMap SimilarityPanel::saveState() const
{
    QVariantMap state = m_question->saveState();
    state.insert(u"duplicates"_s, m_asking == Asking::Duplicates);
    return state;
}

void SimilarityPanel::restoreState(const QVariantMap &state)
{
    m_question->restoreState(state);
    if (state.value(u"duplicates"_s).toBool())
        m_asking = Asking::Duplicates;
    else if (m_asking == Asking::Nothing && !m_question->text().isEmpty())
        m_asking = Asking::Text;
    if (m_hasColumns)
        askAgain();
}

void SimilarityPanel::copy(const QString &)
{
    QStringList lines;
    for (const QModelIndex &index : m_list->selectionModel()->selectedRows()) {
        if (const SimilarityHit *hit = m_model->hit(index))
            lines.append(QString::number(hit->score, 'f', 4) + u'\t' + hit->text.simplified());
    }
    if (!lines.isEmpty())
        QApplication::clipboard()->setText(lines.join(u'\n'));
}

void SimilarityPanel::find()
{
    m_question->focusText();
}

void SimilarityPanel::reload()
{
    readColumns();
}

PanelKind similarityPanelKind()
{
    PanelKind kind;
    kind.id = u"similar"_s;
    kind.title = SimilarityPanel::tr("&Similar");
    kind.icon = u"vector"_s;
    kind.recordTitle = [](const DatabaseContext &context, const QString &table) {
        for (const VectorColumn &column : declaredVectorColumns(*context.catalog, *context.profile)) {
            if (column.table == table || column.recordTable == table)
                return SimilarityPanel::tr("Show similar records");
        }
        return QString();
    };
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new SimilarityPanel(services, context, arguments, parent);
    };
    return kind;
}

} // namespace turnstone
