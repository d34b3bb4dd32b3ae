// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/matrix/matrixpanel.h"

#include "models/core/async.h"
#include "models/profiles/hierarchy.h"
#include "views/matrix/matrixdelegate.h"
#include "views/matrix/matrixmodel.h"
#include "views/panels/recordteller.h"
#include "views/reading/elidedlabel.h"
#include "views/reading/readingview.h"
#include "views/widgets/messagebar.h"
#include "views/widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QTableView>
#include <QThreadPool>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtConcurrent>

namespace turnstone {

using namespace Qt::StringLiterals;

namespace {

constexpr int cellHeight = 168;
constexpr int cellWidth = 280;
constexpr int widestRowTitle = 132;

} // namespace

MatrixPanel::MatrixPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent)
    : Panel(std::move(context), parent), m_workers(services.workers), m_table(tableOf(arguments)), m_key(keyOf(arguments)), m_model(new MatrixModel(this)), m_view(new QTableView(this)),
      m_reading(new ReadingView(services.workers, this)), m_message(new MessageBar(this)), m_title(new ElidedLabel(this)), m_summary(new ElidedLabel(this)), m_baseline(new QComboBox(this)),
      m_onlyDifferent(new QToolButton(this)), m_record(new RecordTeller(*this))
{
    setObjectName(u"matrixPanel"_s);
    build();
    setFocusProxy(m_view);
    reload();
}

std::optional<Record> MatrixPanel::currentRecord() const
{
    return m_record->record();
}

MatrixPanel::~MatrixPanel()
{
    m_stop.request_stop();
    m_stopDiff.request_stop();
}

void MatrixPanel::build()
{
    m_title->setObjectName(u"matrixTitle"_s);
    m_title->setFont(sizedFont(font(), metrics::headingPx, QFont::DemiBold));
    m_summary->setObjectName(u"matrixSummary"_s);
    m_summary->setFont(sizedFont(font(), metrics::captionPx));
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_summary->setContentsMargins(metrics::space4, 0, metrics::space4, metrics::space2);
    m_baseline->setObjectName(u"baseline"_s);
    m_baseline->setAccessibleName(tr("Column to compare with"));
    m_baseline->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_onlyDifferent->setObjectName(u"onlyDifferent"_s);
    m_onlyDifferent->setText(tr("Only what differs"));
    m_onlyDifferent->setAccessibleName(tr("Show only rows whose answers differ"));
    m_onlyDifferent->setCheckable(true);
    m_onlyDifferent->setAutoRaise(true);
    m_view->setObjectName(u"matrix"_s);
    m_view->setAccessibleName(tr("Answers side by side"));
    m_view->setModel(m_model);
    m_view->setItemDelegate(new MatrixDelegate(m_view));
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->verticalHeader()->setDefaultSectionSize(scaled(cellHeight));
    m_view->verticalHeader()->setDefaultAlignment(static_cast<Qt::Alignment>(Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap));
    m_view->verticalHeader()->setMaximumWidth(scaled(widestRowTitle));
    m_view->horizontalHeader()->setDefaultSectionSize(scaled(cellWidth));
    m_view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setCornerButtonEnabled(false);
    m_reading->setObjectName(u"matrixAnswer"_s);
    m_reading->setAccessibleName(tr("The answer in full"));
    m_reading->setEmptyText(tr("Choose an answer to read it in full."));
    auto *caption = new QLabel(tr("Compare with"), this);
    caption->setFont(sizedFont(font(), metrics::captionPx));
    caption->setForegroundRole(QPalette::PlaceholderText);
    auto *head = new QHBoxLayout;
    head->setSpacing(metrics::space2);
    head->setContentsMargins(metrics::space4, metrics::space2, metrics::space2, 0);
    head->addWidget(m_title, 1);
    head->addSpacing(metrics::space4);
    head->addWidget(caption);
    head->addWidget(m_baseline);
    head->addWidget(m_onlyDifferent);
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(m_view);
    splitter->addWidget(m_reading);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->handle(1)->setAccessibleName(tr("Border between the answers and the answer in full"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_summary);
    layout->addWidget(m_message);
    layout->addWidget(splitter, 1);
    m_view->viewport()->installEventFilter(this);
    connect(m_view->horizontalHeader(), &QHeaderView::sectionResized, this, [this](int, int before, int) { m_isWidthChosen = m_isWidthChosen || (!m_isFitting && before > 0); });
    connect(m_baseline, &QComboBox::activated, this, &MatrixPanel::compare);
    connect(m_onlyDifferent, &QToolButton::toggled, m_model, &MatrixModel::setOnlyDifferent);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &MatrixPanel::showCell);
    connect(m_message, &MessageBar::actionTriggered, this, &MatrixPanel::reload);
    connect(m_reading, &ReadingView::bodiesWanted, this, [this](const std::vector<int> &entries) {
        const QModelIndex at = m_view->currentIndex();
        if (!at.isValid())
            return;
        ReadingPart part;
        part.text = m_model->cell(at).text;
        if (const TextDiff *diff = m_model->diff(at)) {
            QColor ground = Tokens::of(palette()).warn;
            ground.setAlphaF(0.25F);
            for (const DiffRun &run : diff->runs) {
                if (run.kind == DiffRun::Kind::Added)
                    part.marks.push_back({run.secondStart, run.secondLength, ground, false, {}, false});
            }
            part.format = u"text"_s; // marks of Markdown would hide where the words stand
        }
        for (const int entry : entries)
            m_reading->setBody(entry, {part});
    });
}

QString MatrixPanel::title() const
{
    return m_matrix == nullptr || m_matrix->recordTitle.isEmpty() ? tr("Side by side") : m_matrix->recordTitle;
}

void MatrixPanel::reload()
{
    const Lens *lens = matrixLensFor(*context().profile, m_table);
    if (lens == nullptr || m_key.empty()) {
        m_summary->setText(tr("Here stand the answers to one question side by side. Choose a record in the tree."));
        emit settled();
        return;
    }
    m_stop.request_stop();
    m_stop = {};
    struct Reading
    {
        Matrix matrix;
        QString path;
    };
    const auto job = [context = context(), lens = *lens, key = m_key](Connection &connection) -> Result<Reading> {
        Result<Matrix> matrix = readMatrix({connection, *context.catalog, *context.profile}, lens, key);
        if (!matrix)
            return failure(matrix);
        Reading reading{std::move(*matrix), {}};
        if (const Result<TreePath> path = Hierarchy(connection, context.catalog, context.profile).pathTo(lens.table, key))
            reading.path = path->toString();
        return reading;
    };
    onResult(context().pool->read(job, m_stop.get_token()), this, [this](Result<Reading> reading) {
        if (reading) {
            m_message->clear();
            m_path = reading->path.isEmpty() ? QString() : reading->path + u'#' + kind();
            accept(std::move(reading->matrix));
        } else if (reading.error().code != ErrorCode::Cancelled) {
            m_message->showError(reading.error(), tr("Try again"));
            emit settled();
        }
    });
}

void MatrixPanel::accept(Matrix matrix)
{
    const QString before = m_baseline->currentText().isEmpty() ? m_wantedBaseline : m_baseline->currentText();
    m_matrix = std::make_shared<const Matrix>(std::move(matrix));
    m_model->setMatrix(m_matrix);
    m_title->setText(title());
    QStringList facts{tr("%n rows", nullptr, static_cast<int>(m_matrix->rows.size())), tr("%n columns", nullptr, static_cast<int>(m_matrix->columns.size()))};
    if (const int missing = m_matrix->missing(); missing > 0)
        facts.append(tr("%n answers are missing", nullptr, missing));
    if (m_matrix->isCut)
        facts.append(tr("only the first part is shown"));
    m_summary->setText(m_matrix->columns.isEmpty() ? tr("Nobody has answered yet.") : facts.join(u" · "_s));
    m_baseline->clear();
    m_baseline->addItems(m_matrix->columns);
    m_baseline->setCurrentIndex(std::max(0, m_baseline->findText(before)));
    m_isWidthChosen = false;
    fitColumns();
    emit titleChanged();
    emit pathChanged();
    compare();
}

/// Few columns share the room; many are wide enough to read. A width set by hand stays.
void MatrixPanel::fitColumns()
{
    const int columns = m_model->columnCount();
    if (columns == 0 || m_isWidthChosen)
        return;
    const int least = scaled(cellWidth) * 2 / 3;
    const int room = m_view->viewport()->width();
    m_isFitting = true;
    for (int column = 0; column < columns; ++column)
        m_view->setColumnWidth(column, std::max(least, std::min(scaled(cellWidth) * 2, room * (column + 1) / columns - room * column / columns)));
    m_isFitting = false;
}

bool MatrixPanel::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view->viewport() && event->type() == QEvent::Resize)
        fitColumns();
    return Panel::eventFilter(watched, event);
}

void MatrixPanel::compare()
{
    m_stopDiff.request_stop();
    m_stopDiff = {};
    const int baseline = m_baseline->currentIndex();
    onResult(QtConcurrent::run(&m_workers, [matrix = m_matrix, baseline, stop = m_stopDiff.get_token()] { return diffMatrix(*matrix, baseline, stop); }), this,
             [this, baseline, token = m_stopDiff.get_token()](std::vector<std::vector<TextDiff>> diffs) {
                 if (token.stop_requested())
                     return;
                 m_model->setDiffs(std::move(diffs), baseline);
                 if (!m_view->currentIndex().isValid() && m_model->rowCount() > 0 && m_model->columnCount() > 0)
                     m_view->setCurrentIndex(m_model->index(0, 0)); // tells, too
                 else
                     showCell();
                 emit settled();
             });
}

void MatrixPanel::showCell()
{
    const QModelIndex at = m_view->currentIndex();
    if (!at.isValid() || m_matrix == nullptr || m_model->cell(at).isMissing()) {
        m_reading->setEmptyText(at.isValid() ? tr("Nobody answered here.") : tr("Choose an answer to read it in full."));
        m_reading->setHeads({});
        return;
    }
    const MatrixCell &cell = m_model->cell(at);
    ReadingHead head;
    head.title = m_matrix->columns.value(at.column());
    head.colour = at.column();
    head.note = m_matrix->rows.value(m_model->matrixRow(at.row()));
    head.length = cell.text.size();
    head.start = cell.text.left(200);
    QStringList meta;
    if (cell.tokens)
        meta.append(tr("%1 tokens").arg(*cell.tokens, 0, 'f', 0));
    if (cell.latencyMs)
        meta.append(durationText(*cell.latencyMs));
    head.meta = meta.join(u" · "_s);
    m_reading->setHeads({head});
    m_record->tell(m_matrix->cellTable, cell.key);
}

QVariantMap MatrixPanel::saveState() const
{
    return {{u"baseline"_s, m_baseline->currentText()}, {u"different"_s, m_onlyDifferent->isChecked()}};
}

void MatrixPanel::restoreState(const QVariantMap &state)
{
    m_wantedBaseline = state.value(u"baseline"_s).toString();
    m_onlyDifferent->setChecked(state.value(u"different"_s).toBool());
    if (const int at = m_baseline->findText(m_wantedBaseline); at >= 0) {
        m_baseline->setCurrentIndex(at);
        compare();
    }
}

void MatrixPanel::copy(const QString &)
{
    if (const QModelIndex at = m_view->currentIndex(); at.isValid() && !m_model->cell(at).isMissing())
        QApplication::clipboard()->setText(m_model->cell(at).text);
}

PanelKind matrixPanelKind()
{
    PanelKind kind;
    kind.id = u"matrix"_s;
    kind.title = MatrixPanel::tr("&Side by side");
    kind.icon = u"table"_s;
    kind.recordTitle = [](const DatabaseContext &context, const QString &table) {
        const Lens *lens = matrixLensFor(*context.profile, table);
        return lens == nullptr ? QString() : lens->title;
    };
    kind.make = [](const PanelServices &services, const DatabaseContext &context, const QVariantMap &arguments, QWidget *parent) -> Panel * {
        return new MatrixPanel(services, context, arguments, parent);
    };
    return kind;
}

} // namespace turnstone
