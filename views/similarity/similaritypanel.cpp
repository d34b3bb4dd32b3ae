// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/similarity/similaritypanel.h"

#include "models/browsing/recordidentity.h"
#include "models/connections/secretstore.h"
#include "models/core/async.h"
#include "models/vectors/vectorfile.h"
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
#include <QMenu>
#include <QProgressBar>
#include <QVBoxLayout>

namespace turnstone {

using namespace Qt::StringLiterals;

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
    foot->setSpacing(metrics::space2);
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
    connect(m_fill, &FillStrip::noted, this, &Panel::noted);
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

/// As much of a text as a tab has room for.
static QString shortened(const QString &text)
{
    constexpr qsizetype most = 28;
    const QString line = text.simplified();
    return line.size() <= most ? line : line.left(most - 1).trimmed() + u'…';
}

QString SimilarityPanel::title() const
{
    if (m_asking == Asking::Duplicates)
        return tr("Near-duplicates");
    if (m_asking == Asking::Records && m_rows.size() == 1 && m_rows.front().size() == 1)
        return m_subjectText.isEmpty() ? tr("Similar to %1").arg(m_rows.front().front().toDisplayText()) : tr("Similar to “%1”").arg(shortened(m_subjectText));
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
    m_question->setGrouped(column()->group.has_value());
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
    menu->addAction(tr("Show similar records here"), this, [this, table, key = hit->key] { askRecords(table, {key}); });
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
